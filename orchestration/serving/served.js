/* In the place of a script that does nothing: where the page of a customer is. */
window.portrait.customer = function (id) {
  var page = document.documentElement;
  return page.dataset.up + "/customer?id=" + encodeURIComponent(id) + "&language=" + page.lang.slice(0, 2);
};
