//! Random models against a walk by LightGBM's own rules, and damaged texts.

mod oracle;
mod robustness;
mod text;
