//! The resources of a stack as readers of kinds see them.

use archlint_schema::{Key, Value};

use super::super::meter::unknown;
use super::super::unseen;
use super::Stack;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;
use crate::source::{Ignored, Place};

/// A resource of a stack, by its logical id.
pub(crate) struct Declared<'a, 't> {
    pub(crate) stack: &'a Stack<'t>,
    pub(crate) id: &'a str,
}

impl Declaration for Declared<'_, '_> {
    fn key(&self) -> Key {
        self.stack.key(self.id)
    }

    fn label(&self) -> String {
        self.id.to_owned()
    }

    fn property(&self, name: &str) -> Node {
        let path = format!("Resources/{}/Properties/{name}", self.id);
        let resource = self.stack.template.resource(self.id);
        // A macro may change and add what it likes.
        if resource.is_some_and(|it| unseen::is_rewritten(it) || unseen::is_rewritten(&it["Properties"])) {
            return Node { value: unknown("Fn::Transform"), path };
        }
        match resource.and_then(|it| it["Properties"].get(name)) {
            Some(it) => self.stack.evaluate(it, &path),
            None => Node { value: Evaluated::Absent, path },
        }
    }

    fn tags(&self) -> Node {
        self.property("Tags")
    }

    fn holds_aws_keys(&self, property: &str) -> Value<bool> {
        let properties = self.stack.template.resource(self.id).map(|it| &it["Properties"]);
        let authored = property.split('.').fold(properties, |it, name| it.and_then(|it| it.get(name)));
        authored.map_or(Value::Known(false), |it| self.stack.holds_aws_keys(it))
    }

    fn place(&self) -> Option<Place> {
        Some(self.stack.template.resource_place(self.id, self.stack.index))
    }

    fn place_of(&self, node: &Node) -> Option<Place> {
        self.stack.template.place(&node.path, self.stack.index)
    }

    fn ignored(&self) -> Vec<Ignored> {
        self.stack.template.ignored(self.id, self.stack.index)
    }
}
