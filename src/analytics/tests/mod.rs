//! Each structure against a naive oracle, each formula against its golden numbers.
