//! Databento binary encoding (DBN), schema mbo.
