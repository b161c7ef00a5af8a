//! Random models, written as LightGBM would and evaluated as LightGBM does, node by node.

use std::fmt::Write;

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

pub struct Random(Xoshiro256PlusPlus);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }
    pub fn below(&mut self, limit: usize) -> usize {
        (self.0.next_u64() % limit as u64) as usize
    }
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// What a random model looks like.
#[derive(Clone, Copy)]
pub struct Shape {
    pub features: usize,
    pub trees: usize,
    pub leaves: usize,
    pub outputs: usize,
    /// Distinct thresholds of a feature.
    pub thresholds: usize,
    /// Percentage of categorical splits, and their categories.
    pub categorical: usize,
    pub categories: usize,
    /// Each split divides the leaf that was made last: a chain.
    pub chain: bool,
}

struct Node {
    feature: usize,
    kind: u8,
    threshold: f64,
    set: Vec<u32>,
    children: [i32; 2],
}

struct Tree {
    nodes: Vec<Node>,
    leaves: Vec<f64>,
}

pub struct Model {
    pub shape: Shape,
    trees: Vec<Tree>,
}

impl Model {
    pub fn new(random: &mut Random, shape: Shape) -> Self {
        let trees = (0..shape.trees).map(|_| Tree::new(random, shape)).collect();
        Self { shape, trees }
    }

    pub fn text(&self) -> String {
        let Shape { features, outputs, .. } = self.shape;
        let mut text = format!(
            "tree\nversion=v4\nnum_class={outputs}\nnum_tree_per_iteration={outputs}\nlabel_index=0\nmax_feature_idx={}\n\
             feature_names={}\n\n",
            features - 1,
            (0..features).map(|index| format!("f{index} ")).collect::<String>().trim_end()
        );
        for (number, tree) in self.trees.iter().enumerate() {
            tree.write(number, &mut text);
        }
        text + "end of trees\n\nfeature_importances:\nf0=1\n\nparameters:\n[anything]\nend of parameters\n"
    }

    /// LightGBM's `GBDT::PredictRaw`.
    pub fn raw(&self, row: &[f64]) -> Vec<f64> {
        let mut out = vec![0.0; self.shape.outputs];
        for (number, tree) in self.trees.iter().enumerate() {
            out[number % self.shape.outputs] += tree.predict(row);
        }
        out
    }

    /// Values on, beside and between thresholds, odd ones and categories.
    pub fn row(&self, random: &mut Random) -> Vec<f64> {
        const ODD: [f64; 12] = [
            0.0,
            -0.0,
            1e-36,
            -1e-36,
            1.0000000180025095e-35,
            1.1e-35,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            5e9,
            -0.5,
            -1.0,
        ];
        let shape = self.shape;
        (0..shape.features)
            .map(|_| match random.below(5) {
                0 => ODD[random.below(ODD.len())],
                1 => threshold(random, shape),
                2 => threshold(random, shape).next_up(),
                3 => random.below(shape.categories + 70) as f64 + random.unit() * 0.9,
                _ => random.unit() * 5.0 - 2.5,
            })
            .collect()
    }
}

fn threshold(random: &mut Random, shape: Shape) -> f64 {
    match random.below(20) {
        0 => 1.0000000180025095e-35,
        1 => -0.0,
        2 => -1.0000000180025095e-35,
        _ => (random.below(shape.thresholds) as f64 / shape.thresholds as f64 - 0.5) * 4.0,
    }
}

impl Tree {
    /// Numbered as LightGBM grows: split i makes node i, keeps the leaf's number on the left, and gives the right one i + 1.
    fn new(random: &mut Random, shape: Shape) -> Self {
        let leaves = if shape.chain { shape.leaves } else { 1 + random.below(shape.leaves) };
        let mut nodes: Vec<Node> = Vec::new();
        // Where each leaf hangs.
        let mut parents: Vec<Option<(usize, usize)>> = vec![None];
        for node in 0..leaves - 1 {
            let leaf = if shape.chain { node } else { random.below(parents.len()) };
            if let Some((parent, side)) = parents[leaf] {
                nodes[parent].children[side] = node as i32;
            }
            parents[leaf] = Some((node, 0));
            parents.push(Some((node, 1)));
            nodes.push(Node::new(random, shape, [!(leaf as i32), !(node as i32 + 1)]));
        }
        let leaves = (0..leaves).map(|_| random.unit() - 0.5).collect();
        Self { nodes, leaves }
    }

    fn write(&self, number: usize, text: &mut String) {
        let mut sets = Vec::new();
        let mut bounds = vec![0];
        let mut thresholds = Vec::new();
        for node in &self.nodes {
            if node.kind & 1 == 1 {
                thresholds.push((bounds.len() - 1).to_string());
                sets.extend_from_slice(&node.set);
                bounds.push(sets.len());
            } else {
                thresholds.push(format!("{:e}", node.threshold));
            }
        }
        fn list<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
            values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(" ")
        }
        let side = |side: usize| list(self.nodes.iter().map(|node| node.children[side]));
        let _ = write!(
            text,
            "Tree={number}\nnum_leaves={}\nnum_cat={}\nsplit_feature={}\nsplit_gain=\nthreshold={}\ndecision_type={}\n\
             left_child={}\nright_child={}\nleaf_value={}\n",
            self.leaves.len(),
            bounds.len() - 1,
            list(self.nodes.iter().map(|node| node.feature)),
            thresholds.join(" "),
            list(self.nodes.iter().map(|node| node.kind)),
            side(0),
            side(1),
            list(self.leaves.iter()),
        );
        if bounds.len() > 1 {
            let _ = writeln!(text, "cat_boundaries={}\ncat_threshold={}", list(bounds), list(sets));
        }
        text.push_str("is_linear=0\nshrinkage=1\n\n\n");
    }

    fn predict(&self, row: &[f64]) -> f64 {
        let mut at = if self.nodes.is_empty() { !0 } else { 0 };
        while at >= 0 {
            let node = &self.nodes[at as usize];
            // The C interface passes values of this size on as zeros.
            let x = row[node.feature];
            let x = if x.abs() <= f64::from(1e-35_f32) { 0.0 } else { x };
            at = node.children[usize::from(!node.goes_left(x))];
        }
        self.leaves[!at as usize]
    }
}

impl Node {
    fn new(random: &mut Random, shape: Shape, children: [i32; 2]) -> Self {
        let feature = random.below(shape.features);
        if random.below(100) < shape.categorical {
            let words = 1 + shape.categories / 32;
            let set = (0..1 + random.below(words)).map(|_| random.below(1 << 32) as u32).collect();
            return Self { feature, kind: 1, threshold: 0.0, set, children };
        }
        let kind = (random.below(3) << 2 | random.below(2) << 1) as u8;
        Self { feature, kind, threshold: threshold(random, shape), set: Vec::new(), children }
    }

    /// `Tree::NumericalDecision` and `Tree::CategoricalDecision`.
    fn goes_left(&self, x: f64) -> bool {
        if self.kind & 1 == 1 {
            if x.is_nan() || x.trunc() < 0.0 || x >= f64::from(i32::MAX) + 1.0 {
                return false;
            }
            let category = x as usize;
            return self.set.get(category / 32).is_some_and(|word| word >> (category % 32) & 1 == 1);
        }
        let missing = self.kind >> 2;
        let x = if x.is_nan() && missing != 2 { 0.0 } else { x };
        if (missing == 1 && x.abs() <= f64::from(1e-35_f32)) || (missing == 2 && x.is_nan()) {
            return self.kind & 2 != 0;
        }
        x <= self.threshold
    }
}
