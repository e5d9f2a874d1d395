"""Fashion-MNIST. The sums of the decoded label files are those of the real files; all four are published."""

from __future__ import annotations

from ._model import Dataset, four_files

#: Class names of Fashion-MNIST; the index is the label.
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

# fmt: off
_FILES = {
    ("train", "images"): (
        26421880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    ("train", "labels"): (
        29515, "25c81989df183df01b3e8a0aad5dffbe",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    ("t10k", "images"): (
        4422102, "bef4ecab320f06d8554ea6380940ec79",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    ("t10k", "labels"): (
        5148, "bb300cfdad3c16e7a12a480ee83cd310",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
}

_DUPLICATES = {
    "train": (
        (601, 39865), (831, 24228), (1826, 23718), (2024, 53883), (4974, 6293), (5520, 49165),
        (5790, 11845), (5822, 33399), (6139, 37731), (6280, 41036), (8485, 31238), (8841, 28184),
        (12571, 56657), (14096, 32343), (14710, 22159), (15587, 28635), (19308, 20114), (19668, 21571),
        (19760, 39489), (19888, 24443), (21072, 32800), (22852, 28789), (23052, 57107), (23413, 33731),
        (24785, 46015), (25297, 40077), (25629, 49588), (26314, 49351), (27045, 40033), (27421, 31627),
        (32113, 38337), (32300, 33730), (32303, 56840), (32888, 41918), (32922, 54584), (36634, 39841),
        (38261, 41877), (42756, 53842), (46667, 57724), (46782, 54829), (47929, 54185), (48480, 59607),
        (48955, 51368),
    ),
    "test": ((6334, 8569),),
}
# fmt: on

FASHION_MNIST = Dataset(
    name="fashion-mnist",
    title="Fashion-MNIST",
    classes=CLASSES,
    splits=four_files("fashion-mnist", "Fashion-MNIST", _FILES),
    mirrors=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        "https://dataset.bj.bcebos.com/fashion_mnist/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    homepage="https://github.com/zalandoresearch/fashion-mnist",
    license="MIT, copyright (c) 2017 Zalando SE",
    mean=0.2860,
    std=0.3530,
    folders=("fashion", "fmnist"),
    duplicates=_DUPLICATES,
    notes=(
        "43 pairs of identical images in train, 1 in test, and 10 images of train that are in test too "
        "(zalandoresearch/fashion-mnist#44; the ten are listed there); 64 mislabeled images are listed in "
        "arXiv:1912.05283"
    ),
)
