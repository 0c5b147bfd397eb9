//! What names in a script stand for, where they are set once to a number: the milliseconds of timers.

use super::super::functions::SCRIPT;
use super::super::tokens::Token;
use super::Reader;
use std::collections::BTreeSet;
use std::ops::Range;

/// Places where one name is set or declared that are looked at. Our choice; with more, nothing is told.
const NAMES: usize = 500;

/// Blocks one inside the other that are looked at. Our choice; people write ten.
const BLOCKS: usize = 50;

/// Factors of a product. Our choice; people write three.
const FACTORS: usize = 10;

/// Tokens that are looked at before a name for the word that declares it. Our choice: lists of variables are shorter.
const BEFORE: usize = 200;

/// Whose name it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A variable of the block that begins there.
    Block(usize),
    /// An argument of a function, which may be anything; or nobody can tell.
    Argument,
}

impl Reader<'_, '_> {
    /// A product of numbers and named constants.
    pub(super) fn product(&self, piece: Range<usize>) -> Option<f64> {
        let mut product = 1.0;
        for (place, at) in piece.clone().take(2 * FACTORS).enumerate() {
            match (place % 2, self.token(at)?) {
                (0, Token::Number(n)) => product *= n,
                (0, Token::Word(name)) => product *= self.constant(name, at)?,
                (1, Token::Sign(b'*')) => {}
                _ => return None,
            }
        }
        let is_short = piece.len() < 2 * FACTORS;
        (is_short && !piece.is_empty() && product.is_finite()).then_some(product)
    }

    /// What a name stands for at a place, where it is set once to a product of numbers. Bundles use one name for many things, each
    /// in a block of its own.
    fn constant(&self, name: &str, used: usize) -> Option<f64> {
        let is_name = |at: &usize| self.word(*at) == name && (*at == 0 || !self.is(at - 1, b'.'));
        let is_set = |at: usize| self.is(at + 1, b'=') && !self.is(at + 2, b'=') && !self.is(at + 2, b'>');
        let (mut blocks, mut sets) = (BTreeSet::new(), Vec::new());
        for at in (0..self.tokens.len()).filter(is_name) {
            if self.is_declared(at) {
                blocks.insert(self.scopes[at]);
            }
            if is_set(at) {
                sets.push(at);
            }
        }
        let owner = self.owner(name, used, &blocks);
        if owner == Owner::Argument || sets.len() > NAMES {
            return None;
        }
        let mut own = sets.into_iter().filter(|&at| self.owner(name, at, &blocks) == owner);
        let at = own.next()?;
        if own.next().is_some() {
            return None;
        }
        let mut product = 1.0;
        let mut i = at + 2;
        loop {
            match self.token(i)? {
                Token::Number(n) => product *= n,
                _ => return None,
            }
            if !self.is(i + 1, b'*') {
                return Some(product);
            }
            i += 2;
        }
    }

    /// Whose the name is at a place: of the innermost block around it that declares it, or of the whole script.
    fn owner(&self, name: &str, at: usize, declared: &BTreeSet<usize>) -> Owner {
        let mut block = self.scopes.get(at).copied().unwrap_or(SCRIPT);
        for _ in 0..BLOCKS {
            if block == SCRIPT || declared.contains(&block) {
                return Owner::Block(block);
            }
            if self.arguments(block).any(|word| word == name) {
                return Owner::Argument;
            }
            block = self.scopes[block];
        }
        Owner::Argument
    }

    /// Whether a statement that begins with `var`, `let` or `const` names it there.
    fn is_declared(&self, at: usize) -> bool {
        let before = (at.saturating_sub(BEFORE)..at).rev();
        let start = before.take_while(|&i| ![b';', b'{', b'}', b'('].iter().any(|sign| self.is(i, *sign))).last();
        start.is_some_and(|start| matches!(self.word(start), "var" | "let" | "const"))
    }

    /// The arguments of the function whose body begins there.
    fn arguments(&self, block: usize) -> impl Iterator<Item = &str> {
        let is_arrow = block >= 2 && self.is(block - 1, b'>') && self.is(block - 2, b'=');
        let end = block.saturating_sub(if is_arrow { 3 } else { 1 });
        let open = (end.saturating_sub(BEFORE)..end).rev().find(|&i| self.closes[i] == end);
        let all = if self.is(end, b')') { open.map_or(0..0, |open| open + 1..end) } else { end..end + 1 };
        all.map(|i| self.word(i))
    }
}
