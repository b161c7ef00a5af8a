//! Golden and property tests of the quoting formulas.
