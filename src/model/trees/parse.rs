//! Reads LightGBM's text model format (versions v2 to v4), checks it, and renumbers each tree's nodes and leaves from left to
//! right.
//!
//! The text is a header of `key=value` lines, trees that each open with `Tree=k`, and `end of trees`; what follows (feature
//! importances, training parameters) does not matter to prediction. Every count, index and number is checked, and each
//! tree is walked once to prove that it is one: from the root, every node and leaf is reached exactly once. Hostile text
//! gives a [`TreeError::Text`] with its line, in time and memory linear in the text; the walk keeps its own
//! stack, so depth is no danger.
//!
//! In a tree numbered from left to right, leaf j and leaf j+1 are divided by exactly one node, which gets the number
//! j: the leaves left under it end with leaf j. The kernels build on that order (see [`crate::simd::rank`]).

use super::error::{TextProblem, TreeError};
use super::objective::Objective;

/// How a numeric split treats missing values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Missing {
    /// Nothing is missing: NaN counts as zero.
    None,
    /// Zero and NaN are missing.
    Zero,
    /// NaN is missing.
    Nan,
}

/// A split's test. True goes right.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// `value > threshold`, or `right_if_missing` where the value is missing by the rule.
    Above { threshold: f64, missing: Missing, right_if_missing: bool },
    /// The category's bit is not among the tree's `cat_words[start..end]`.
    NotIn { start: u32, end: u32 },
}

/// A split.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub feature: u32,
    pub test: Test,
    /// First leaf under the node; the leaves on its left side are `first_leaf..=own number`.
    pub first_leaf: u32,
    /// Left and right child: a node, or `!leaf`.
    pub children: [i32; 2],
}

/// One tree, nodes and leaves numbered from left to right.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    pub root: i32,
    pub nodes: Vec<Node>,
    pub leaves: Vec<f64>,
    pub cat_words: Vec<u32>,
}

/// A whole model as its text says.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub features: usize,
    pub outputs: usize,
    pub names: Vec<String>,
    pub objective: Objective,
    pub average: bool,
    pub trees: Vec<Tree>,
}

/// The start of a piece of text, for error messages.
pub(super) fn snippet(text: &str) -> String {
    const LENGTH: usize = 40;
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The value of a key, and its line.
#[derive(Clone, Copy)]
struct Value<'a> {
    key: &'static str,
    line: usize,
    text: &'a str,
}

impl<'a> Value<'a> {
    fn error(self, problem: TextProblem) -> TreeError {
        TreeError::Text { line: self.line, problem }
    }

    fn number_error(self, text: &str, wanted: &'static str) -> TreeError {
        self.error(TextProblem::Number { key: self.key, text: snippet(text), wanted })
    }

    fn one<T: std::str::FromStr>(self, wanted: &'static str) -> Result<T, TreeError> {
        self.text.trim().parse().map_err(|_| self.number_error(self.text, wanted))
    }

    /// The list of exactly `count` values.
    fn list<T: std::str::FromStr>(self, count: usize, wanted: &'static str) -> Result<Vec<T>, TreeError> {
        let words = || self.text.split_ascii_whitespace();
        let found = words().count();
        if found != count {
            return Err(self.error(TextProblem::Count { key: self.key, expected: count, found }));
        }
        words().map(|word| word.parse().map_err(|_| self.number_error(word, wanted))).collect()
    }

    fn range_error(self, place: usize, value: i64, limit: i64) -> TreeError {
        self.error(TextProblem::Range { key: self.key, place, value, limit })
    }
}

/// The values of one header or tree by key, in the order of `names`.
struct Section<'a, const KEYS: usize> {
    line: usize,
    names: [&'static str; KEYS],
    values: [Option<Value<'a>>; KEYS],
}

impl<'a, const KEYS: usize> Section<'a, KEYS> {
    fn new(line: usize, names: [&'static str; KEYS]) -> Self {
        Self { line, names, values: [None; KEYS] }
    }

    /// Takes a line in. Keys that do not matter to prediction are passed over.
    fn take(&mut self, line: usize, text: &'a str) -> Result<(), TreeError> {
        let error = |problem| TreeError::Text { line, problem };
        let (key, value) = match text.split_once('=') {
            Some(pair) => pair,
            None if text == "average_output" => (text, ""),
            None => return Err(error(TextProblem::NotKeyValue(snippet(text)))),
        };
        let Some(place) = self.names.iter().position(|&name| name == key) else {
            return Ok(());
        };
        let key = self.names[place];
        if self.values[place].is_some() {
            return Err(error(TextProblem::Duplicate(key)));
        }
        self.values[place] = Some(Value { key, line, text: value });
        Ok(())
    }

    /// Takes lines in until a tree or the end of the trees begins.
    fn read(&mut self, lines: &mut impl Iterator<Item = (usize, &'a str)>) -> Result<Mark<'a>, TreeError> {
        let mut last = self.line;
        for (line, text) in lines {
            last = line;
            if let Some(text) = text.strip_prefix("Tree=") {
                return Ok(Mark::Tree(Value { key: "Tree", line, text }));
            }
            if text == "end of trees" {
                return Ok(Mark::End(line));
            }
            if !text.is_empty() {
                self.take(line, text)?;
            }
        }
        Err(TreeError::Text { line: last, problem: TextProblem::Truncated })
    }

    fn find(&self, name: &'static str) -> Option<Value<'a>> {
        self.values.iter().flatten().copied().find(|value| value.key == name)
    }

    fn get(&self, name: &'static str) -> Result<Value<'a>, TreeError> {
        self.find(name).ok_or(TreeError::Text { line: self.line, problem: TextProblem::Missing(name) })
    }
}

const HEADER: [&str; 6] =
    ["version", "num_tree_per_iteration", "max_feature_idx", "objective", "average_output", "feature_names"];
const TREE: [&str; 11] = [
    "num_leaves",
    "num_cat",
    "split_feature",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_value",
    "cat_boundaries",
    "cat_threshold",
    "is_linear",
];

/// What ended a section.
enum Mark<'a> {
    /// `Tree=`, and its number.
    Tree(Value<'a>),
    /// `end of trees`, and its line.
    End(usize),
}

/// Reads a model.
pub(super) fn parse(text: &str) -> Result<Text, TreeError> {
    let mut lines = text.lines().map(str::trim_end).enumerate().map(|(index, line)| (index + 1, line));
    if lines.next().is_none_or(|(_, first)| first != "tree") {
        return Err(TreeError::Text { line: 1, problem: TextProblem::NotAModel });
    }
    let mut section = Section::new(1, HEADER);
    let mut mark = section.read(&mut lines)?;
    let mut model = header(&section)?;
    loop {
        match mark {
            Mark::Tree(value) => {
                let (expected, found) = (model.trees.len(), value.one("the number of a tree")?);
                if found != expected {
                    return Err(value.error(TextProblem::TreeNumber { expected, found }));
                }
                let mut section = Section::new(value.line, TREE);
                mark = section.read(&mut lines)?;
                model.trees.push(tree(&section, model.features)?);
            }
            Mark::End(line) => {
                let (trees, per_iteration) = (model.trees.len(), model.outputs);
                if trees == 0 || trees % per_iteration != 0 {
                    let problem = TextProblem::Iterations { trees, per_iteration };
                    return Err(TreeError::Text { line, problem });
                }
                return Ok(model);
            }
        }
    }
}

/// The model without its trees.
fn header(section: &Section<'_, 6>) -> Result<Text, TreeError> {
    let version = section.get("version")?;
    if !matches!(version.text, "v2" | "v3" | "v4") {
        return Err(version.error(TextProblem::Version(snippet(version.text))));
    }
    let per_iteration = section.get("num_tree_per_iteration")?;
    let outputs: usize = per_iteration.one("a positive whole number")?;
    if outputs == 0 {
        return Err(per_iteration.number_error(per_iteration.text, "a positive whole number"));
    }
    let last_feature = section.get("max_feature_idx")?;
    let features = last_feature.one::<u32>("the index of a feature")? as usize + 1;
    let names = section.get("feature_names")?;
    let names: Vec<String> = names.list(features, "a name")?;
    // A model of a custom loss has no objective line: its raw scores are its predictions.
    let objective = match section.find("objective") {
        Some(value) => Objective::parse(value.text, outputs).map_err(|problem| value.error(problem))?,
        None => Objective::Identity,
    };
    let average = section.find("average_output").is_some();
    Ok(Text { features, outputs, names, objective, average, trees: Vec::new() })
}

fn tree(section: &Section<'_, 11>, features: usize) -> Result<Tree, TreeError> {
    if let Some(linear) = section.find("is_linear")
        && linear.one::<i64>("0 or 1")? != 0
    {
        return Err(linear.error(TextProblem::LinearTree));
    }
    let count = section.get("num_leaves")?;
    let leaves: usize = count.one("a positive whole number")?;
    // Nodes and leaves are numbered in 32 bits with a sign.
    if leaves == 0 || i32::try_from(leaves).is_err() {
        return Err(count.number_error(count.text, "a positive whole number of 31 bits"));
    }
    let value = section.get("leaf_value")?;
    let leaf_values: Vec<f64> = value.list(leaves, "a number")?;
    if let Some(place) = leaf_values.iter().position(|leaf| !leaf.is_finite()) {
        let word = value.text.split_ascii_whitespace().nth(place).unwrap_or("");
        return Err(value.number_error(word, "a finite number"));
    }
    if leaves == 1 {
        return Ok(Tree { root: !0, nodes: Vec::new(), leaves: leaf_values, cat_words: Vec::new() });
    }
    let (cat_bounds, cat_words) = categories(section)?;
    let nodes = splits(section, leaves - 1, features, &cat_bounds)?;
    number_from_left_to_right(section, nodes, &leaf_values, cat_words)
}

/// Where each categorical split's words begin and end, and the words.
fn categories(section: &Section<'_, 11>) -> Result<(Vec<u32>, Vec<u32>), TreeError> {
    let count: usize = match section.find("num_cat") {
        Some(value) => value.one("a whole number")?,
        None => 0,
    };
    if count == 0 {
        return Ok((vec![0], Vec::new()));
    }
    let value = section.get("cat_boundaries")?;
    let bounds: Vec<u32> = value.list(count.saturating_add(1), "a whole number")?;
    for (place, pair) in bounds.windows(2).enumerate() {
        if pair[0] > pair[1] {
            return Err(value.range_error(place, pair[0].into(), i64::from(pair[1]) + 1));
        }
    }
    let words = bounds.last().map_or(0, |&last| last as usize);
    Ok((bounds, section.get("cat_threshold")?.list(words, "a whole number of 32 bits")?))
}

/// The splits in the order of the text, with children as the text numbers them.
fn splits(
    section: &Section<'_, 11>,
    count: usize,
    features: usize,
    cat_bounds: &[u32],
) -> Result<Vec<Node>, TreeError> {
    let feature = section.get("split_feature")?;
    let split_features: Vec<i64> = feature.list(count, "the index of a feature")?;
    let threshold = section.get("threshold")?;
    let thresholds: Vec<f64> = threshold.list(count, "a number")?;
    let decision = section.get("decision_type")?;
    let decisions: Vec<i64> = decision.list(count, "a whole number")?;
    let mut sides = [Vec::new(), Vec::new()];
    for (children, key) in sides.iter_mut().zip(["left_child", "right_child"]) {
        let value = section.get(key)?;
        *children = value.list::<i32>(count, "a child")?;
        for (place, &child) in children.iter().enumerate() {
            // Nodes are 0..count, leaves !0..=!count.
            if child >= 0 && child as usize >= count {
                return Err(value.range_error(place, child.into(), count as i64));
            }
            if child < 0 && !child as usize > count {
                return Err(value.range_error(place, i64::from(!child), count as i64 + 1));
            }
        }
    }
    let mut nodes = Vec::with_capacity(count);
    for place in 0..count {
        let index = split_features[place];
        let Some(number) = u32::try_from(index).ok().filter(|&number| (number as usize) < features) else {
            return Err(feature.range_error(place, index, features as i64));
        };
        let bits = decisions[place];
        let missing = match bits >> 2 {
            0 => Missing::None,
            1 => Missing::Zero,
            2 => Missing::Nan,
            _ => return Err(decision.error(TextProblem::DecisionType { place, value: bits })),
        };
        let limit = thresholds[place];
        let test = if bits & 1 == 1 {
            let split = limit as usize;
            if split as f64 != limit || split >= cat_bounds.len().saturating_sub(1) {
                return Err(threshold.range_error(place, limit as i64, cat_bounds.len() as i64 - 1));
            }
            Test::NotIn { start: cat_bounds[split], end: cat_bounds[split + 1] }
        } else if limit.is_nan() {
            let word = threshold.text.split_ascii_whitespace().nth(place).unwrap_or("");
            return Err(threshold.number_error(word, "a number"));
        } else {
            Test::Above { threshold: limit, missing, right_if_missing: bits & 2 == 0 }
        };
        let children = [sides[0][place], sides[1][place]];
        nodes.push(Node { feature: number, test, first_leaf: 0, children });
    }
    Ok(nodes)
}

/// Walks the tree from its root and gives nodes and leaves their places from left to right.
fn number_from_left_to_right(
    section: &Section<'_, 11>,
    nodes: Vec<Node>,
    leaf_values: &[f64],
    cat_words: Vec<u32>,
) -> Result<Tree, TreeError> {
    enum Step {
        Enter(i32),
        Between(usize),
    }
    const UNSEEN: u32 = u32::MAX;
    let again = |key, what, index| {
        section
            .get(key)
            .map_or_else(|error| error, |value| value.error(TextProblem::NotATree { what, index }))
    };
    let mut node_places = vec![UNSEEN; nodes.len()];
    let mut leaf_places = vec![UNSEEN; leaf_values.len()];
    let mut first_leaves = vec![UNSEEN; nodes.len()];
    let mut leaves = Vec::with_capacity(leaf_values.len());
    let mut order = Vec::with_capacity(nodes.len());
    let mut steps = vec![Step::Enter(0)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Enter(child) if child < 0 => {
                let leaf = !child as usize;
                if leaf_places[leaf] != UNSEEN {
                    return Err(again("left_child", "leaf", leaf));
                }
                leaf_places[leaf] = leaves.len() as u32;
                leaves.push(leaf_values[leaf]);
            }
            Step::Enter(child) => {
                let node = child as usize;
                if first_leaves[node] != UNSEEN {
                    return Err(again("left_child", "node", node));
                }
                first_leaves[node] = leaves.len() as u32;
                steps.push(Step::Between(node));
                steps.push(Step::Enter(nodes[node].children[0]));
            }
            Step::Between(node) => {
                node_places[node] = order.len() as u32;
                order.push(node);
                steps.push(Step::Enter(nodes[node].children[1]));
            }
        }
    }
    if order.len() != nodes.len() {
        let index = node_places.iter().position(|&place| place == UNSEEN).unwrap_or(0);
        return Err(section.get("left_child")?.error(TextProblem::Unreached { index }));
    }
    let place = |child: i32| match child {
        leaf if leaf < 0 => !(leaf_places[!leaf as usize] as i32),
        node => node_places[node as usize] as i32,
    };
    let numbered = order.iter().map(|&node| Node {
        first_leaf: first_leaves[node],
        children: nodes[node].children.map(place),
        ..nodes[node].clone()
    });
    Ok(Tree { root: node_places[0] as i32, nodes: numbered.collect(), leaves, cat_words })
}
