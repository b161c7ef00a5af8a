//! Tests of the strategies as claims.
