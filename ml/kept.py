"""Fitted models as bytes, so that they can be kept from run to run.

No pickle: skops writes what an object holds, and reads only the types that are named here. A digest
stands before it, so that nothing but what was written is ever unpacked.
"""

import hashlib
import zipfile
from typing import Any

import skops.io  # type: ignore[import-untyped]

_OWN_TYPES = [
    # Of the extra `boosting`: a text of the trees, which each library reads itself.
    "catboost.core.CatBoostClassifier",
    "catboost.core.CatBoostRegressor",
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
    "ml.artifact.Artifact",
    "ml.artifact.SegmentsArtifact",
    "ml.artifact.ValuesArtifact",
    "ml.baseline.BandMean",
    "ml.candidates.signed_log",
    "ml.diagnosis.Diagnosis",
    "ml.fitted.Fitted",
    "ml.gate.Verdict",
    "ml.importance.Importance",
    "ml.intervals.AmountIntervals",
    "ml.lifetime_value.bg_nbd.BgNbd",
    "ml.lifetime_value.fitting.Fitted",
    "ml.lifetime_value.gamma_gamma.GammaGamma",
    "ml.lifetime_value.learned_values.LearnedValues",
    "ml.lifetime_value.lifetime.LifetimeValue",
    "ml.lifetime_value.mbg_nbd.MbgNbd",
    "ml.lifetime_value.nbd.Nbd",
    "ml.lifetime_value.pareto_nbd.ParetoNbd",
    "ml.prediction.ForwardTest",
    "ml.prediction.Learned",
    "ml.prediction.Untested",
    "ml.recommendation.als.Als",
    "ml.recommendation.blend.Blend",
    "ml.recommendation.buy_again.BuyAgain",
    "ml.recommendation.choice.Choice",
    "ml.recommendation.customers_alike.CustomersAlike",
    "ml.recommendation.buy_again.DueAgain",
    "ml.recommendation.content.Content",
    "ml.recommendation.customer_neighbours.CustomerNeighbours",
    "ml.recommendation.deep.autoencoder.DenoisingAutoencoder",
    "ml.recommendation.deep.self_attention.SelfAttention",
    "ml.recommendation.ease.Ease",
    "ml.recommendation.item_neighbours.ItemNeighbours",
    "ml.recommendation.naive_bayes.NaiveBayes",
    "ml.recommendation.next_basket.TifuKnn",
    "ml.recommendation.next_basket.UpCf",
    "ml.recommendation.popularity.GroupPopularity",
    "ml.recommendation.popularity.Popularity",
    "ml.recommendation.sequential_rules.SequentialRules",
    "ml.recommendation.time_aware.TimeAware",
    "ml.recommendation.shop_recommender.ShopRecommender",
    "ml.rules.FittedRule",
    "ml.segment_count.Candidate",
    "ml.segment_count.Choice",
    "ml.segment_day.Space",
    "ml.segment_groups.Centred",
    "ml.segment_groups.Mixture",
    "ml.segment_groups.Neighbours",
    "ml.segment_history.Look",
    "ml.segment_history.SegmentHistory",
    "ml.segmentation.Segments",
    "ml.target.Bands",
    "ml.target.Floors",
    "ml.target.Purchases",
    "ml.target.Target",
    "ml.two_stage.TwoStageRegressor",
    "ml.yeo_johnson.YeoJohnson",
    "numpy.dtype",
    "scipy.sparse._csr.csr_array",
    # Of what scikit-learn's methods are made of, skops trusts all but these.
    "sklearn._loss.loss.HalfTweedieLoss",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
]


def to_bytes(model: object) -> bytes:
    """What `from_bytes` reads. The same model may give other bytes another time."""
    # Trees are text in there, which is an eighth as long when it is packed.
    written: bytes = skops.io.dumps(model, compression=zipfile.ZIP_DEFLATED)
    return hashlib.sha256(written).digest() + written


def from_bytes(kept: bytes) -> Any:
    """The model, which gives the same figures as before to the last bit.

    Raises:
        ValueError: these are not the bytes that were written.
        UntrustedTypesFoundException: the bytes hold a type that is none of ours.
    """
    length = hashlib.sha256().digest_size
    digest, written = kept[:length], kept[length:]
    if hashlib.sha256(written).digest() != digest:
        raise ValueError("not the bytes that were written")
    return skops.io.loads(written, trusted=_OWN_TYPES)
