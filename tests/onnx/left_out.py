"""What of ONNX's generated operator cases the language cannot say, and why."""

from __future__ import annotations

ALIGNED = "interpolation between corners or with other centres; UPSAMPLE goes by half pixels"
BATCH = "a product for each matrix of a batch; FC has one matrix"
CUBIC = "cubic interpolation"
DILATED = "dilation, which the language's operator does not have"
EMPTY = "an array without values"
INTEGERS = "values that are no float32"
SHRINKS = "a size that is no whole multiple of the input's"
THREE_AXES = "a window over three axes; a volume of the language has two"
TRAINING = "training, which is tested against PyTorch"
ONE_BRANCH = "a merge of one value; those of the language have two branches at least"
VALUE = "padding with 1.2; the language pads with zeros"
SLOPE = "slopes other than 1/6, which is that of HARDSIGMOID, and of PyTorch's"

_BY_REASON: dict[str, str] = {
    ALIGNED: """
        test_resize_upsample_scales_linear_align_corners
        test_resize_upsample_scales_linear_half_pixel_symmetric
        test_resize_upsample_sizes_nearest_ceil_half_pixel
        test_resize_upsample_sizes_nearest_floor_align_corners
        test_resize_upsample_sizes_nearest_round_prefer_ceil_asymmetric
    """,
    BATCH: """
        test_matmul_1d_1d test_matmul_1d_3d test_matmul_3d test_matmul_4d test_matmul_4d_1d
        test_matmul_bcast
    """,
    CUBIC: """
        test_resize_downsample_scales_cubic
        test_resize_downsample_scales_cubic_A_n0p5_exclude_outside
        test_resize_downsample_scales_cubic_align_corners
        test_resize_downsample_scales_cubic_antialias
        test_resize_downsample_sizes_cubic
        test_resize_downsample_sizes_cubic_antialias
        test_resize_upsample_scales_cubic
        test_resize_upsample_scales_cubic_A_n0p5_exclude_outside
        test_resize_upsample_scales_cubic_align_corners
        test_resize_upsample_scales_cubic_asymmetric
        test_resize_upsample_sizes_cubic
    """,
    DILATED: "test_averagepool_2d_dilations test_convtranspose_dilations",
    EMPTY: """
        test_reshape_allowzero_reordered test_slice_start_out_of_bounds
        test_split_zero_size_splits_opset13 test_split_zero_size_splits_opset18
    """,
    INTEGERS: """
        test_add_int16 test_add_int8 test_add_uint16 test_add_uint32 test_add_uint64 test_add_uint8
        test_max_float16 test_max_float64 test_max_int16 test_max_int32 test_max_int64 test_max_int8
        test_max_uint16 test_max_uint32 test_max_uint64 test_max_uint8 test_maxpool_2d_uint8
        test_mul_int16 test_mul_int8 test_mul_uint16 test_mul_uint32 test_mul_uint64 test_mul_uint8
    """,
    SHRINKS: """
        test_resize_downsample_scales_linear
        test_resize_downsample_scales_linear_align_corners
        test_resize_downsample_scales_linear_antialias
        test_resize_downsample_scales_linear_half_pixel_symmetric
        test_resize_downsample_scales_nearest
        test_resize_downsample_sizes_linear_antialias
        test_resize_downsample_sizes_linear_pytorch_half_pixel
        test_resize_downsample_sizes_nearest
        test_resize_downsample_sizes_nearest_not_larger
        test_resize_downsample_sizes_nearest_not_smaller
        test_resize_tf_crop_and_resize
        test_resize_tf_crop_and_resize_axes_2_3
        test_resize_tf_crop_and_resize_axes_3_2
        test_resize_tf_crop_and_resize_extrapolation_value
        test_resize_upsample_sizes_nearest
        test_resize_upsample_sizes_nearest_axes_2_3
        test_resize_upsample_sizes_nearest_axes_3_2
        test_resize_upsample_sizes_nearest_not_larger
    """,
    THREE_AXES: """
        test_averagepool_3d_default
        test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_False
        test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_True
        test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_False
        test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True
        test_averagepool_3d_dilations_small test_convtranspose_3d test_maxpool_3d_default
        test_maxpool_3d_dilations test_maxpool_3d_dilations_use_ref_impl
        test_maxpool_3d_dilations_use_ref_impl_large
    """,
    TRAINING: """
        test_batchnorm_epsilon_training_mode test_batchnorm_example_training_mode
        test_training_dropout test_training_dropout_default test_training_dropout_default_mask
        test_training_dropout_mask
    """,
    ONE_BRANCH: "test_max_one_input test_sum_one_input",
    VALUE: "test_constant_pad test_constant_pad_axes test_constant_pad_negative_axes",
    SLOPE: "test_hardsigmoid test_hardsigmoid_default test_hardsigmoid_example",
    "channels in another order; PIXEL_SHUFFLE has PyTorch's, CRD": "test_depthtospace_example",
    "the approximation by tanh; GELU is exact": "test_gelu_tanh_1 test_gelu_tanh_2",
    "a bias for each image": "test_gemm_default_matrix_bias",
    "no array": "test_identity_opt test_identity_sequence",
    "from the end to the beginning": "test_slice_neg_steps",
    "padding by the other end": "test_wrap_pad",
}
LEFT_OUT = {name: reason for reason, text in _BY_REASON.items() for name in text.split()}

# The files of operators that the language does not have.
_FOREIGN = """
    _image_decoder_data abs acos acosh adagrad adam affinegrid ai_onnx_ml and_ argmax argmin asin
    asinh atan atanh attention bernoulli bitcast bitshift bitwiseand bitwisenot bitwiseor bitwisexor
    blackmanwindow cast castlike causal_conv_with_state ceil celu clip col2im compress constant
    constantofshape convinteger cos cosh cumprod cumsum deformconv dequantizelinear det dft div
    dynamicquantizelinear einsum equal erf exp expand eyelike flexattention floor gather
    gatherelements gathernd greater greater_or_equal gridsample gru hammingwindow hannwindow hardmax
    if_ image_decoder isinf isnan less less_or_equal linear_attention log loop lpnormalization
    lppool lstm matmulinteger maxunpool mean meanvariancenormalization melweightmatrix min mod
    momentum neg negativeloglikelihoodloss nonmaxsuppression nonzero not_ onehot optionalgetelement
    optionalhaselement or_ pow qlinearconv qlinearmatmul quantizelinear rangeop reciprocal
    reduce_log_sum reduce_log_sum_exp reducel1 reducel2 reducemax reducemean reducemin reduceprod
    reducesum reducesumsquare regex_full_match reversesequence rmsnormalization rnn roialign
    rotaryembedding round scan scatter scatterelements scatternd selu sequence_map sequenceinsert
    shape shrink sign sin sinh size softmax_cross_entropy_loss softsign spacetodepth splittosequence
    sqrt squeeze stft string_concat string_split stringnormalizer sub swiglu tan tensorscatter
    tfidfvectorizer thresholdedrelu tile topk transpose trilu unique unsqueeze where xor
"""
FOREIGN = frozenset(_FOREIGN.split())
