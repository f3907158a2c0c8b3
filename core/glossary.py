"""The words of the interface: each in one plain sentence and one exact one, with its formula where it has one."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Term:
    """One word of the interface.

    Args:
        key: in a link to it, `#term-<key>`.
        name: as a heading.
        plain: one sentence that needs no other word of the field.
        exact: one sentence for who wants to compute it.
        formula: in plain text; empty where there is none.
        written: how it stands in sentences, each as a regular expression; none where no sentence needs it linked.
    """

    key: str
    name: str
    plain: str
    exact: str
    formula: str = ""
    written: tuple[str, ...] = ()


TERMS = (
    Term(
        key="channel",
        name="Channel",
        plain="One of the many little pattern detectors whose answers the network adds up to decide.",
        exact="One map z_k of the feature map z at the cut; the paper splits the channels of the last convolution.",
        formula="z = (z_1, ..., z_c)",
        written=("channels?",),
    ),
    Term(
        key="robust",
        name="Robust channel",
        plain="A channel that takes a lot of noise before the network gives up the label that it was given.",
        exact="Its learned noise variance exceeds the tolerance T, for this image and this label.",
        formula="robust_k = 1[σ_k² > T]",
        written=("robust channels?", "robust only", "robust alone", "robust ones?", "robust features?"),
    ),
    Term(
        key="nonrobust",
        name="Non-robust channel",
        plain="A channel that is not robust: even a little noise in it disturbs the answer.",
        exact="Every channel that is not robust: its learned noise variance is at most T.",
        formula="σ_k² ≤ T",
        written=("non-robust channels?", "non-robust ones?", "non-robust alone", "non-robust only", "non-robust"),
    ),
    Term(
        key="split",
        name="Split",
        plain="The sorting of an image's channels into robust and non-robust ones.",
        exact="The mask of equation 5 of the NeurIPS 2021 paper, learned for one image and one label.",
        written=("split",),
    ),
    Term(
        key="label",
        name="The label given",
        plain="The class that the method is told before it sorts the channels; usually the true one.",
        exact="The y of the cross-entropy that the noise is learned against; another y gives another split.",
        formula="min over σ of CE(h(z + σ ε), y) + β KL",
        written=("given the true label", "label given", "given labels?", "given a wrong label", "given any label"),
    ),
    Term(
        key="repeat",
        name="Repeating the label",
        plain="The robust channels say whatever label the method was given, right or wrong.",
        exact="The share of labels y for which the robust channels of the split made with y predict y.",
        formula="mean over y of 1[argmax h(z · robust(y)) = y]",
        written=("repeat(?:s|ed)? (?:the|that|it|whatever)",),
    ),
    Term(
        key="noise",
        name="Noise, σ²",
        plain="How strongly a channel can be shaken before the answer changes.",
        exact="The variance of the noise learned for the channel by 200 steps of Adam.",
        formula="z_I = z + σ ε,  ε ~ N(0, 1)",
        written=("σ²", "noise"),
    ),
    Term(
        key="tolerance",
        name="Tolerance, T",
        plain="How much noise a channel must take to be called robust.",
        exact="The largest variance of any channel over its own map, of the image or of its batch of 100.",
        formula="T = max_k s_k,  s_k = Var over the map of z_k",
        written=("tolerance T", "tolerance"),
    ),
    Term(
        key="beta",
        name="β",
        plain="How hard each channel is pressed to take noise: a larger β leaves fewer robust channels.",
        exact="The weight of the information term (KL) against the cross-entropy.",
        formula="CE + β · mean over k of ½ (s_k/σ_k² + ln(σ_k²/s_k) − 1)",
        written=("β",),
    ),
    Term(
        key="cut",
        name="Cut",
        plain="The place in the network where its channels are looked at.",
        exact="After the convolution of that name and its batch norm, before the ReLU; the paper's is the last.",
        formula="h(z(x)) = f(x)",
    ),
    Term(
        key="epsilon",
        name="ε",
        plain="How far an attack may change any pixel, of 255 levels.",
        exact="The radius of the ball that the attacked image must stay in, in pixel units of [0, 1].",
        formula="max over pixels of |x_adv − x| ≤ ε",
        written=("ε",),
    ),
    Term(
        key="attack",
        name="Attack",
        plain="A small change of the image, hardly seen, that is searched for to make the network answer wrong.",
        exact="Ascends a loss of the network inside the threat model's ball; white-box unless it says otherwise.",
        formula="max over |δ| ≤ ε of CE(f(x + δ), y)",
        written=("attacks?", "attacked"),
    ),
    Term(
        key="fooled",
        name="Fooled",
        plain="The network was right on the clean image and is wrong on the attacked one.",
        exact="argmax f(x) = y and argmax f(x_adv) ≠ y.",
        written=("fooled",),
    ),
    Term(
        key="adversarial",
        name="Adversarially trained",
        plain="Trained on attacked images, so that attacks fool it less often.",
        exact="Minimizes the loss on PGD images of each batch (Madry et al. 2018); TRADES and MART are variants.",
        formula="min over weights of max over |δ| ≤ ε of CE(f(x + δ), y)",
        written=("adversarially trained",),
    ),
    Term(
        key="linf",
        name="L∞ and L2",
        plain="Two ways to measure a change: the largest change of one pixel, or the length of all changes together.",
        exact="Attacks of different norms are never ranked together.",
        formula="‖δ‖∞ = max |δ_i|,  ‖δ‖₂ = √(Σ δ_i²)",
        written=("L∞", "L2"),
    ),
    Term(
        key="fgsm",
        name="FGSM",
        plain="The simplest attack: one step along the sign of the gradient.",
        exact="Goodfellow et al. 2015.",
        formula="x_adv = x + ε · sign(∇_x CE)",
        written=("FGSM",),
    ),
    Term(
        key="pgd",
        name="PGD",
        plain="An attack that takes many small steps and stays within ε.",
        exact="Madry et al. 2018; BIM is the same without the random start.",
        formula="x ← project(x + α · sign(∇_x CE))",
        written=("PGD", "BIM"),
    ),
    Term(
        key="apgd",
        name="APGD",
        plain="A stronger attack of many small steps, which sets the size of its steps itself.",
        exact="Auto-PGD of Croce and Hein 2020, with the cross-entropy or the DLR loss; part of AutoAttack.",
        written=("APGD(?:-CE|-DLR|-T)?",),
    ),
    Term(
        key="square",
        name="Square",
        plain="An attack that needs no gradient: it tries squares of color at random.",
        exact="Andriushchenko et al. 2020; black-box, so it finds what masked gradients hide.",
        written=("Square attack",),
    ),
    Term(
        key="fab",
        name="FAB",
        plain="An attack that looks for the nearest image with another answer.",
        exact="Fast adaptive boundary, Croce and Hein 2020; part of AutoAttack.",
        written=("FAB",),
    ),
    Term(
        key="cw",
        name="CW",
        plain="An attack without a limit that looks for the smallest change.",
        exact="Carlini and Wagner 2017, L2, weight c of the loss.",
        formula="min ‖δ‖₂² + c · max(z_y − max over j≠y of z_j, 0)",
        written=("CW",),
    ),
    Term(
        key="nrf",
        name="NRF",
        plain="The paper's own attack: it bends the non-robust channels.",
        exact="Non-robust feature attack, section 4 of the NeurIPS 2021 paper; NRF2, RF and RF2 are its variants.",
        written=("NRF2?", "RF2?"),
    ),
    Term(
        key="trades",
        name="TRADES",
        plain="A way to train against attacks: the answers for an image and for its attacked copy are pulled together.",
        exact="Zhang et al. 2019: cross-entropy on clean images plus a weighted KL divergence to attacked ones.",
        written=("TRADES",),
    ),
    Term(
        key="mart",
        name="MART",
        plain="A way to train against attacks that weighs images more that the network still gets wrong.",
        exact="Wang et al. 2020: boosted cross-entropy plus a KL divergence weighted by 1 − p_y.",
        written=("MART",),
    ),
    Term(
        key="worst",
        name="Worst case",
        plain="An image counts as right only if none of the attacks fools it.",
        exact="Accuracy over the per-image minimum of all attacks within the same ball.",
        written=("worst case",),
    ),
    Term(
        key="mask",
        name="Random mask",
        plain="The same number of channels, drawn at random: what any such choice would show.",
        exact="A uniform draw of as many channels as the split calls robust, another one for each image.",
        written=("drawn at random", "random mask"),
    ),
    Term(
        key="random",
        name="Random weights",
        plain="The same network before it learned anything: what the method shows where there is nothing to see.",
        exact="The same architecture with weights as initialized, from a fixed seed.",
        written=("random weights",),
    ),
    Term(
        key="purity",
        name="Purity",
        plain="How often a point's ten nearest neighbors are of its own class.",
        exact="Mean share of the 10 nearest neighbors with the same label, in feature space before t-SNE.",
        written=("purity",),
    ),
    Term(
        key="tsne",
        name="t-SNE",
        plain="A way to lay out many-dimensional points on paper so that neighbors stay neighbors.",
        exact="van der Maaten and Hinton 2008; sizes and distances of groups say little.",
        written=("t-SNE",),
    ),
    Term(
        key="overlap",
        name="Overlap",
        plain="How much two sets of channels share: 100 % is the same set.",
        exact="The Jaccard index.",
        formula="|A ∩ B| / |A ∪ B|",
        written=("overlap", "Jaccard"),
    ),
    Term(
        key="seed",
        name="Seed",
        plain="The number that starts the random draws; another seed is another throw of the dice.",
        exact="Fixes the attack's start and the noise sequence of the distiller.",
        written=("seeds?",),
    ),
    Term(
        key="interval",
        name="95 % interval",
        plain="How far the number could be off because only so many images were tried.",
        exact="Wilson interval of a share; paired differences by their own standard error.",
        written=("95 % intervals?", "intervals?"),
    ),
    Term(
        key="cosine",
        name="Cosine",
        plain="How alike two sets of features are: 1 is the same direction, 0 has nothing in common.",
        exact="The cosine between the features of the picture and the target's.",
        formula="a·b / (‖a‖ ‖b‖)",
        written=("cosine",),
    ),
    Term(
        key="rank",
        name="Rank correlation",
        plain="Whether two lists put things into the same order: 1 is the same order, 0 none in common.",
        exact="Spearman's correlation.",
        written=("rank correlation", "Spearman"),
    ),
    Term(
        key="optimized",
        name="Optimized picture",
        plain="Noise, changed step by step until the network's features match a target; not a photograph.",
        exact="Gradient ascent on the cosine to the target under small shifts and turns, with Lucent.",
        written=("optimized pictures?", "drawn pictures?"),
    ),
)
