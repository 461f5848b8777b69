"""The numbers of the papers and of torchvision's metadata that the examples must reproduce."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """A program under settings, and what its inference graph counts at batch size 1.

    `macs` is exact where it is an int; a string holds the digits that are printed, with their
    unit. `training` is the number of parameters with the heads that only training has.
    """

    program: str
    parameters: int
    macs: int | str | None = None
    training: int | None = None
    settings: dict[str, int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """The receptive field, in pixels of the input, and the jump of a program's last feature map."""

    program: str
    receptive_field: int
    jump: int = 32


TORCHVISION: dict[str, str] = {
    "alexnet": "alexnet.cnn:AlexNet",
    "convnext_tiny": "convnext.cnn:ConvNeXt_Tiny",
    "densenet121": "densenet.cnn:DenseNet121",
    "densenet161": "densenet.cnn:DenseNet161",
    "densenet169": "densenet.cnn:DenseNet169",
    "densenet201": "densenet.cnn:DenseNet201",
    "efficientnet_b0": "efficientnet.cnn:EfficientNetB0",
    "googlenet": "googlenet.cnn:GoogLeNet",
    "mobilenet_v2": "mobilenet_v2.cnn:MobileNetV2",
    "resnet18": "resnet.cnn:ResNet18",
    "resnet34": "resnet.cnn:ResNet34",
    "resnet50": "resnet.cnn:ResNet50",
    "resnet101": "resnet.cnn:ResNet101",
    "resnet152": "resnet.cnn:ResNet152",
    "resnext50_32x4d": "resnet.cnn:ResNeXt50_32x4d",
    "shufflenet_v2_x0_5": "shufflenet_v2.cnn:ShuffleNetV2_x0_5",
    "shufflenet_v2_x1_0": "shufflenet_v2.cnn:ShuffleNetV2_x1_0",
    "squeezenet1_0": "squeezenet.cnn:SqueezeNet1_0",
    "squeezenet1_1": "squeezenet.cnn:SqueezeNet1_1",
    "vgg11": "vgg.cnn:VGG11",
    "vgg11_bn": "vgg.cnn:VGG11_BN",
    "vgg13": "vgg.cnn:VGG13",
    "vgg13_bn": "vgg.cnn:VGG13_BN",
    "vgg16": "vgg.cnn:VGG16",
    "vgg16_bn": "vgg.cnn:VGG16_BN",
    "vgg19": "vgg.cnn:VGG19",
    "vgg19_bn": "vgg.cnn:VGG19_BN",
    "wide_resnet50_2": "resnet.cnn:WideResNet50_2",
}

TORCHVISION_ROWS: tuple[Row, ...] = (
    Row("alexnet.cnn:AlexNet", 61_100_840, "0.714 G"),
    Row("vgg.cnn:VGG11", 132_863_336, "7.609 G"),
    Row("vgg.cnn:VGG11_BN", 132_868_840, "7.609 G"),
    Row("vgg.cnn:VGG13", 133_047_848, "11.308 G"),
    Row("vgg.cnn:VGG13_BN", 133_053_736, "11.308 G"),
    Row("vgg.cnn:VGG16", 138_357_544, "15.47 G"),
    Row("vgg.cnn:VGG16_BN", 138_365_992, "15.47 G"),
    Row("vgg.cnn:VGG19", 143_667_240, "19.632 G"),
    Row("vgg.cnn:VGG19_BN", 143_678_248, "19.632 G"),
    Row("googlenet.cnn:GoogLeNet", 6_624_904, "1.498 G", training=13_004_888),
    Row("squeezenet.cnn:SqueezeNet1_0", 1_248_424, "0.819 G"),
    Row("squeezenet.cnn:SqueezeNet1_1", 1_235_496, "0.349 G"),
    Row("mobilenet_v2.cnn:MobileNetV2", 3_504_872, "0.301 G"),
    Row("resnet.cnn:ResNet18", 11_689_512, "1.814 G"),
    Row("resnet.cnn:ResNet34", 21_797_672, "3.664 G"),
    Row("resnet.cnn:ResNet50", 25_557_032, "4.089 G"),
    Row("resnet.cnn:ResNet101", 44_549_160, "7.801 G"),
    Row("resnet.cnn:ResNet152", 60_192_808, "11.514 G"),
    Row("resnet.cnn:ResNeXt50_32x4d", 25_028_904, "4.23 G"),
    Row("resnet.cnn:WideResNet50_2", 68_883_240, "11.398 G"),
    Row("densenet.cnn:DenseNet121", 7_978_856, "2.834 G"),
    Row("efficientnet.cnn:EfficientNetB0", 5_288_548, "0.386 G"),
    Row("shufflenet_v2.cnn:ShuffleNetV2_x0_5", 1_366_792, "0.04 G"),
    Row("shufflenet_v2.cnn:ShuffleNetV2_x1_0", 2_278_604, "0.145 G"),
    Row("shufflenet_v2.cnn:ShuffleNetV2_x1_5", 3_503_624, "0.296 G"),
    Row("shufflenet_v2.cnn:ShuffleNetV2_x2_0", 7_393_996, "0.583 G"),
    Row("convnext.cnn:ConvNeXt_Tiny", 28_589_128, "4.456 G"),
    Row("convnext.cnn:ConvNeXt_Small", 50_223_688, "8.684 G"),
    Row("convnext.cnn:ConvNeXt_Base", 88_591_464, "15.355 G"),
)

V1 = "mobilenet_v1.cnn:MobileNetV1"

PAPER_ROWS: tuple[Row, ...] = (
    Row("pattern.cnn", 133_047_848, "11.308 G", settings={"N": 2, "M": 5, "K": 2}),
    Row("vgg.cnn:VGG16", 138_357_544, 15_470_264_320),
    Row("lenet.cnn:LeNet5", 61_706),
    Row("alexnet.cnn:AlexNet2012", 60_965_224, 724_406_816),
    Row("zfnet.cnn:ZFNet", 62_357_608),
    Row("googlenet.cnn:GoogLeNetPaper", 6_998_552, 1_582_671_872, training=13_378_280),
    Row(V1, 4_231_976, "568.74 M"),
    Row(V1, 2_585_560, "325.40 M", settings={"width": 0.75}),
    Row(V1, 1_331_592, "149.50 M", settings={"width": 0.5}),
    Row(V1, 470_072, "41.03 M", settings={"width": 0.25}),
    Row(V1, 4_231_976, "418.1 M", settings={"resolution": 192}),
    Row(V1, 4_231_976, "290.7 M", settings={"resolution": 160}),
    Row(V1, 4_231_976, "186.4 M", settings={"resolution": 128}),
    Row("mobilenet_v2.cnn:MobileNetV2", 3_504_872, 300_774_272),
    Row("allconv.cnn:AllConvC", 1_369_738),
)

ROWS: tuple[Row, ...] = TORCHVISION_ROWS + PAPER_ROWS

RECEPTIVE_FIELDS: tuple[Field, ...] = (
    Field("alexnet.cnn:AlexNet", 195),
    Field("alexnet.cnn:AlexNet2012", 195),
    Field("vgg.cnn:VGG16", 212),
    Field(V1, 315),
    Field("mobilenet_v2.cnn:MobileNetV2", 491),
    Field("resnet.cnn:ResNet50_v1", 483),
    Field("resnet.cnn:ResNet101_v1", 1027),
    Field("resnet.cnn:ResNet152_v1", 1507),
    Field("resnet.cnn:ResNet50", 427),
    Field("resnet.cnn:ResNet101", 971),
    Field("resnet.cnn:ResNet152", 1451),
    Field("resnet.cnn:ResNet18", 435),
    Field("resnet.cnn:ResNet34", 899),
)

VGG16_WEIGHTS = 138_344_128
VGG16_BIASES = 13_416
# The CS231n notes print "24M * 4 bytes ~= 93MB" here: a known erratum.
VGG16_VALUES = 15_237_608
