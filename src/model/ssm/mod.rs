//! SSM-HiPPO: a patch-wise selective state space with LegS matrices, from a window of features to a grid of predictions.
//!
//! ```text
//! embed      e = GELU(LayerNorm(W_in x + b_in)) + W_skip x + b_skip             every row
//! patch      z = mean of e over the patch                                       every `stride` rows
//! layer      z ← z + Block(RMSNorm(z))
//! Block      (a, g) = W_ip z;  a ← SiLU(causal depthwise convolution)
//!            (δ′, c) = W_x a;  δ = softplus(W_dt δ′ + b_dt)
//!            (I + ½δA)s ← (I − ½δA)s + δBa      LegS A and B, each channel its own δ
//!            out = W_op ((Σ cₙsₙ + d∘a) ∘ SiLU(g))
//! attention  z ← z ∘ σ(MLP(mean z) + MLP(max z))                                over the last P tokens
//! head       RMSNorm, flatten, W_out → [forecast_len, num_channels]
//! ```
//!
//! The step length δ depends on the input, which makes the state's memory as long as the input deserves, and the bilinear
//! rule keeps every step stable and O(N) (FORMULAS F9; Gu et al. 2020, arXiv 2008.07669; Gu and Dao 2023, arXiv
//! 2312.00752). The definition in PyTorch is `python/models/ssm_hippo.py`; its state dict's names are the weight file's.
//!
//! [`SsmHippo`] holds the weights and is shared; [`SsmState`] is one thread's scratch and stream. [`SsmHippo::predict`] takes a
//! window, [`SsmHippo::predict_batch`] many, [`SsmHippo::predict_part`] computes some outputs only;
//! [`SsmHippo::push`] and [`SsmHippo::forecast`] work on a stream. All give the same bits for the same numbers, on
//! every instruction set (bf16 apart, where processors differ), neither allocate nor enter the kernel, refuse what is no
//! number, and never return a NaN.

mod batch;
mod calibration;
mod config;
mod layer;
mod network;
mod parameters;
mod product;
mod selection;
mod state;
mod stream;
pub use calibration::Calibration;
pub use config::SsmHippoConfig;
pub use network::SsmHippo;
pub use selection::HeadSelection;
pub use state::SsmState;
pub use stream::SsmCarry;
