// model_args.hpp: the sizes of the SSM-HiPPO network as the documented API spells them, twice: SSMHippoConfig, and ModelArgs as
// the Python side has it. Aggregates: the order of the fields counts.
#ifndef MARKET_MAKER_CPP_MODEL_ARGS_HPP
#define MARKET_MAKER_CPP_MODEL_ARGS_HPP

#include "../market_maker/predictor.hpp"

#include <cstdint>

namespace mm {

/// Sizes and policies of the network. Defaults are the documented network; what is out of range is refused by the
/// predictor that is made of it.
struct SSMHippoConfig {
    /// Width of a token.
    int d_model = 128;
    /// Layers.
    int n_layer = 4;
    /// Rows of a window.
    int seq_len = 96;
    /// States of a channel inside a block.
    int d_state = 16;
    /// Features of a row.
    int num_channels = 24;
    /// Steps of a forecast: what is asked for, never rounded.
    int forecast_len = 32;
    /// Rows of a patch.
    int patch_len = 16;
    /// Rows from one patch to the next.
    int stride = 8;
    /// Channels inside a block, as a multiple of d_model.
    int expand = 2;
    /// Width of the convolution.
    int d_conv = 4;
    /// Rank of the step's projection; 0 is d_model / 16, rounded up.
    int dt_rank = 0;
    /// d_model over the units of the attention.
    int reduction_ratio = 8;
    /// How much training mixes channels to augment its data. A forecast does not depend on it.
    double sigma = 0.5;
    /// Whether later layers have larger states: layer i has 1 + i/2 times d_state.
    bool progressive_state = false;
    /// Number format of the large products.
    mm::precision precision = mm::precision::f32;
    /// What to do with NaN and infinity in the features.
    mm::bad_input bad_input = mm::bad_input::refuse;
    /// Where random weights come from until a file is loaded.
    std::uint64_t seed = 0;
};

/// The same fields, and the number of patches that follows from them.
struct ModelArgs {
    /// Width of the model.
    int d_model = 128;
    /// Layers.
    int n_layer = 4;
    /// Rows of a window.
    int seq_len = 96;
    /// States of a channel.
    int d_state = 16;
    /// Columns of a window.
    int num_channels = 24;
    /// Steps ahead.
    int forecast_len = 32;
    /// Rows of a patch.
    int patch_len = 16;
    /// Rows from patch to patch.
    int stride = 8;
    /// Inner width over the model's.
    int expand = 2;
    /// Width of the convolution.
    int d_conv = 4;
    /// Rank of the steps; 0 stands for ceil(d_model / 16).
    int dt_rank = 0;
    /// By which channel attention narrows.
    int reduction_ratio = 8;
    /// Width of the temporal kernel.
    double sigma = 0.5;
    /// Whether later layers have more states.
    bool progressive_state = false;
    /// Tokens of a window. Computed from the fields above when the struct is made; the predictor computes it itself.
    int num_patches = stride > 0 ? (seq_len - patch_len) / stride + 1 : 0;

    /// The same sizes as the other struct has them.
    SSMHippoConfig to_config() const noexcept {
        SSMHippoConfig config;
        config.d_model = d_model;
        config.n_layer = n_layer;
        config.seq_len = seq_len;
        config.d_state = d_state;
        config.num_channels = num_channels;
        config.forecast_len = forecast_len;
        config.patch_len = patch_len;
        config.stride = stride;
        config.expand = expand;
        config.d_conv = d_conv;
        config.dt_rank = dt_rank;
        config.reduction_ratio = reduction_ratio;
        config.sigma = sigma;
        config.progressive_state = progressive_state;
        return config;
    }
};

namespace detail {

/// As the C interface has it. A negative size becomes one that is out of every range.
inline mm_predictor_config_t c_config(const SSMHippoConfig &from) noexcept {
    mm_predictor_config_t to = predictor::defaults(network::ssm_hippo);
    const auto size = [](int n) { return static_cast<std::uint32_t>(n); };
    to.seed = from.seed;
    to.precision = static_cast<std::uint32_t>(from.precision);
    to.bad_input = static_cast<std::uint32_t>(from.bad_input);
    to.d_model = size(from.d_model);
    to.n_layer = size(from.n_layer);
    to.seq_len = size(from.seq_len);
    to.d_state = size(from.d_state);
    to.num_channels = size(from.num_channels);
    to.forecast_len = size(from.forecast_len);
    to.patch_len = size(from.patch_len);
    to.stride = size(from.stride);
    to.expand = size(from.expand);
    to.d_conv = size(from.d_conv);
    to.dt_rank = size(from.dt_rank);
    to.reduction_ratio = size(from.reduction_ratio);
    to.progressive_state = from.progressive_state ? 1 : 0;
    return to;
}

}  // namespace detail
}  // namespace mm

#endif
