"""A network that says what comes next in a sequence."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ml.recommendation.deep.training import (
    Weights,
    arrays_of,
    known_products,
    library,
    reproducible,
    shuffled,
    with_weights,
)
from ml.recommendation.explaining import most_added
from ml.recommendation.interactions import Interactions
from ml.recommendation.ranking import Ranking, Scores
from ml.recommendation.recommender import Reasons, Recommender
from ml.recommendation.sequential_rules import Sequence

if TYPE_CHECKING:
    import torch

# What stands behind the end of a sequence; products are told from 1 on.
_PAD = 0


class SelfAttention(Recommender):
    """Scores a product by how likely a network finds it to come next.

    SASRec of Kang and McAuley (2018), Self-Attentive Sequential Recommendation. It learns by a
    softmax over the next product and many drawn ones, as Klenitskiy and Vasilev (2023), Turning
    Dross Into Gold Loss: is BERT4Rec really better than SASRec?, found better than one drawn one.

    Attributes:
        known_: shape (n_known,), positions of the products that it knows.
        weights_: the parameters of the network by name.
    """

    reason = "goes_with"

    def __init__(
        self,
        dimensions: int = 64,
        blocks: int = 2,
        length: int = 50,
        dropout: float = 0.3,
        drawn: int = 512,
        epochs: int = 30,
        batch: int = 32,
        learning_rate: float = 5e-3,
        both_ways: bool = False,
        products: int = 30_000,
        seed: int = 0,
    ) -> None:
        """How it is learnt.

        Args:
            dimensions: of products and positions.
            blocks: of self-attention.
            length: so many last things of a customer are looked at.
            dropout: share of what is dropped while it learns.
            drawn: products beside the next one, drawn for each batch.
            epochs: so often each sequence is looked at.
            batch: sequences at a time.
            learning_rate: of Adam.
            both_ways: whether sequences are learnt backwards too: twice as much to learn from,
                where what is looked at together says more than in which order.
            products: so many are known, those that most customers have.
            seed: of the weights to begin with, of what is drawn and dropped.
        """
        self.dimensions = dimensions
        self.blocks = blocks
        self.length = length
        self.dropout = dropout
        self.drawn = drawn
        self.epochs = epochs
        self.batch = batch
        self.learning_rate = learning_rate
        self.both_ways = both_ways
        self.products = products
        self.seed = seed

    def _fit(self, interactions: Interactions) -> None:
        self.known_ = known_products(interactions, self.products)
        self.weights_: Weights = {}
        rows = _in_rows(self._sequence(interactions), self.length + 1)
        rows = rows[rows[:, 1] != _PAD] if rows.shape[1] > 1 else rows[:0]
        if self.both_ways:
            rows = np.concatenate((rows, turned_round(rows)))
        if len(rows):
            with reproducible(self.seed):
                network = self._network()
                self._train(network, library().from_numpy(rows))
            self.weights_ = arrays_of(network)

    def _train(self, network: Any, rows: "torch.Tensor") -> None:
        torch = library()
        optimizer = torch.optim.AdamW(network.parameters(), lr=self.learning_rate)
        network.train()
        for _ in range(self.epochs):
            for some in shuffled(len(rows), self.batch):
                before, after = rows[some, :-1], rows[some, 1:]
                is_next = after != _PAD
                told = network(before)[is_next]
                table = network.products.weight
                drawn = torch.randint(1, len(table), (self.drawn,))
                right = (told * table[after[is_next]]).sum(dim=1, keepdim=True)
                wrong = told @ table[drawn].T
                wrong = wrong.masked_fill(drawn == after[is_next][:, None], -torch.inf)
                logits = torch.cat((right, wrong), dim=1)
                loss = -torch.log_softmax(logits, dim=1)[:, 0].mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    def scores(self, histories: Interactions) -> Scores:
        """What fits the last things, in logits; nothing of who has nothing known."""
        scores = np.full(histories.shape, -np.inf, dtype=np.float32)
        told = self._sequence(histories)
        if not self.weights_ or not len(told.customer):
            return scores
        torch = library()
        begin, ends = _of_customers(told)
        customers = told.customer[begin]
        rows = np.full((len(customers), self.length), _PAD, dtype=np.int64)
        for row, (first, end) in enumerate(zip(begin, ends, strict=True)):
            last = told.product[max(first, end - self.length) : end]
            rows[row, : len(last)] = last + 1
        network = with_weights(self._network(), self.weights_)
        with torch.no_grad(), reproducible(self.seed):
            read = network(torch.from_numpy(rows))
            last = read[torch.arange(len(rows)), torch.from_numpy((rows != _PAD).sum(axis=1) - 1)]
            fits = (last @ network.products.weight[1:].T).numpy()
        scores[np.ix_(customers, self.known_)] = fits
        return scores

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product of the history that is nearest to the product."""
        near = np.zeros((self.n_products_, self.dimensions), dtype=np.float32)
        if self.weights_:
            near[self.known_] = self.weights_["products.weight"][1:]

        def added(
            history: NDArray[np.int32], weight: NDArray[np.float32], products: NDArray[np.int32]
        ) -> NDArray[np.float32]:
            told: NDArray[np.float32] = near[products] @ near[history].T
            return told

        return most_added(histories.weights(), ranking, added)

    def _sequence(self, some: Interactions) -> Sequence:
        """What is known of it, with places among the known products."""
        told = Sequence.of(some)
        place = np.full(len(some.products), -1, dtype=np.int32)
        place[self.known_] = np.arange(len(self.known_))
        kept = place[told.product] >= 0
        return Sequence(
            told.customer[kept], place[told.product[kept]], told.age[kept], told.weight[kept]
        )

    def _network(self) -> Any:
        return _network_of(
            len(self.known_), self.dimensions, self.blocks, self.length, self.dropout
        )


def _of_customers(told: Sequence) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where what each customer did begins and ends."""
    begin = np.flatnonzero(np.diff(told.customer, prepend=-1))
    return begin, np.append(begin[1:], len(told.customer))[: len(begin)]


def _in_rows(told: Sequence, length: int) -> NDArray[np.int64]:
    """Sequences cut from their ends into rows of at most so many, which share an end.

    Shape (n_rows, length), products from 1 on, the pad behind the last.
    """
    begin, ends = _of_customers(told)
    cuts = [
        (max(first, end - length), end)
        for first, last in zip(begin, ends, strict=True)
        for end in range(last, first + 1, -(length - 1))
    ]
    rows = np.full((len(cuts), length), _PAD, dtype=np.int64)
    for row, (first, end) in enumerate(cuts):
        rows[row, : end - first] = told.product[first:end] + 1
    return rows


def turned_round(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each row from its last product to its first, the pad still behind."""
    count = (rows != _PAD).sum(axis=1, keepdims=True)
    place = count - 1 - np.arange(rows.shape[1])
    turned = np.take_along_axis(rows, np.maximum(place, 0), axis=1)
    return np.where(place >= 0, turned, _PAD)


def _network_of(products: int, dimensions: int, blocks: int, length: int, dropout: float) -> Any:
    """The network: shape (n, length) of products to (n, length, dimensions) of what comes next."""
    torch = library()

    class Network(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.products = torch.nn.Embedding(products + 1, dimensions, padding_idx=_PAD)
            self.places = torch.nn.Embedding(length, dimensions)
            torch.nn.init.normal_(self.products.weight, std=dimensions**-0.5)
            self.dropped = torch.nn.Dropout(dropout)
            layer = torch.nn.TransformerEncoderLayer(
                dimensions, 1, dimensions, dropout, batch_first=True, norm_first=True
            )
            self.blocks = torch.nn.TransformerEncoder(layer, blocks, enable_nested_tensor=False)
            self.last = torch.nn.LayerNorm(dimensions)
            mask = torch.nn.Transformer.generate_square_subsequent_mask(length)
            self.register_buffer("mask", mask, persistent=False)

        def forward(self, rows: Any) -> Any:
            width = rows.shape[1]
            told = self.products(rows) + self.places.weight[:width]
            mask = self.mask[:width, :width]
            return self.last(self.blocks(self.dropped(told), mask=mask, is_causal=True))

    return Network()
