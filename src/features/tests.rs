//! Property tests of the features against direct sums.
