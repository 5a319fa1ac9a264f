/* Whoever serves the pages puts a script in this place that knows where a customer's page is. */
