"""A network that restores what customers have from a part of it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.deep.training import (
    arrays_of,
    known_products,
    library,
    reproducible,
    shuffled,
)
from ml.recommendation.explaining import most_added
from ml.recommendation.interactions import Interactions, Matrix
from ml.recommendation.ranking import Ranking, Scores
from ml.recommendation.recommender import Reasons, Recommender
from ml.recommendation.weighting import unit_rows, weighed

if TYPE_CHECKING:
    import torch


class DenoisingAutoencoder(Recommender):
    """Scores a product by what a network restores of a history.

    Mult-DAE of Liang, Krishnan, Hoffman and Jebara (2018), Variational Autoencoders for
    Collaborative Filtering, sections 2.2 and 4.3: one hidden layer, a multinomial likelihood, and
    inputs of which half are dropped while it learns.

    Attributes:
        known_: shape (n_known,), positions of the products that it knows.
        encoder_: shape (n_known, hidden).
        encoder_bias_: shape (hidden,).
        decoder_: shape (n_known, hidden).
        decoder_bias_: shape (n_known,).
    """

    reason = "goes_with"

    def __init__(
        self,
        hidden: int = 200,
        dropout: float = 0.5,
        epochs: int = 60,
        batch: int = 256,
        learning_rate: float = 1e-3,
        decay: float = 1e-3,
        products: int = 10_000,
        half_life_days: float | None = 60.0,
        seed: int = 0,
    ) -> None:
        """How it is learnt.

        Args:
            hidden: units of the layer in the middle.
            dropout: share of the inputs that are dropped.
            epochs: so often each customer is looked at.
            batch: customers at a time.
            learning_rate: of Adam.
            decay: of weights, per step.
            products: so many are known, those that most customers have.
            half_life_days: an entry of this age weighs half.
            seed: of the weights to begin with, and of what is dropped.
        """
        self.hidden = hidden
        self.dropout = dropout
        self.epochs = epochs
        self.batch = batch
        self.learning_rate = learning_rate
        self.decay = decay
        self.products = products
        self.half_life_days = half_life_days
        self.seed = seed

    def _fit(self, interactions: Interactions) -> None:
        self.known_ = known_products(interactions, self.products)
        if not len(self.known_):
            self.encoder_ = self.decoder_ = np.zeros((0, self.hidden), dtype=np.float32)
            self.encoder_bias_ = np.zeros(self.hidden, dtype=np.float32)
            self.decoder_bias_ = np.zeros(0, dtype=np.float32)
            return
        torch = library()
        with reproducible(self.seed):
            encoder = torch.nn.Linear(len(self.known_), self.hidden)
            decoder = torch.nn.Linear(self.hidden, len(self.known_))
            self._train(encoder, decoder, self._inputs(interactions))
        told = arrays_of(encoder)
        self.encoder_, self.encoder_bias_ = np.ascontiguousarray(told["weight"].T), told["bias"]
        told = arrays_of(decoder)
        self.decoder_, self.decoder_bias_ = told["weight"], told["bias"]

    def _train(
        self, encoder: "torch.nn.Linear", decoder: "torch.nn.Linear", inputs: Matrix
    ) -> None:
        torch = library()
        inputs = inputs[np.diff(inputs.indptr) > 0]
        optimizer = torch.optim.AdamW(
            [*encoder.parameters(), *decoder.parameters()],
            lr=self.learning_rate,
            weight_decay=self.decay,
        )
        for _ in range(self.epochs):
            for some in shuffled(inputs.shape[0], self.batch):
                told = torch.from_numpy(inputs[some.numpy()].toarray())
                dropped = torch.nn.functional.dropout(told, self.dropout)
                restored = decoder(torch.tanh(encoder(dropped)))
                likely = torch.log_softmax(restored, dim=1)
                loss = -(likely * told / told.sum(dim=1, keepdim=True)).sum(dim=1).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    def scores(self, histories: Interactions) -> Scores:
        """What is restored, in logits; nothing of who has nothing, or of unknown products."""
        inputs = self._inputs(histories)
        scores = np.full(histories.shape, -np.inf, dtype=np.float32)
        asked = np.flatnonzero(np.diff(inputs.indptr))
        hidden = np.tanh(inputs[asked] @ self.encoder_ + self.encoder_bias_)
        scores[np.ix_(asked, self.known_)] = hidden @ self.decoder_.T + self.decoder_bias_
        return scores

    def reasons(self, histories: Interactions, ranking: Ranking) -> Reasons:
        """The product of the history that moves the hidden layer most towards the product."""
        encoder, decoder = (
            np.zeros((self.n_products_, self.hidden), dtype=np.float32) for _ in range(2)
        )
        encoder[self.known_], decoder[self.known_] = self.encoder_, self.decoder_

        def added(
            history: NDArray[np.int32], weight: NDArray[np.float32], products: NDArray[np.int32]
        ) -> NDArray[np.float32]:
            told: NDArray[np.float32] = (decoder[products] @ encoder[history].T) * weight
            return told

        return most_added(weighed(histories, "log", self.half_life_days), ranking, added)

    def _inputs(self, some: Interactions) -> Matrix:
        weights = weighed(some, "log", self.half_life_days)
        return unit_rows(sparse.csr_array(weights[:, self.known_]))
