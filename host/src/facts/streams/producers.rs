//! Pipes, which read and write streams, and what else writes to them by a key that the source tells.

use archlint_schema::{Key, KeySet, Pipe, TopicRule, Value};

use super::super::index::Index;
use super::Streams;

impl<'a> Streams<'a> {
    /// Puts pipes and rules of AWS IoT to the streams that they read and write.
    pub(super) fn gather_producers(&mut self, index: &Index<'a>) {
        for it in index.all::<Pipe>() {
            match (it.source.decided(), it.running.decided()) {
                (Ok(None), _) | (_, Ok(false)) => continue,
                (Ok(Some(source)), Ok(true)) => {
                    let source = self.resolved(source);
                    self.by_stream.entry(source).or_default().pipes.push(it);
                }
                (Err(why), _) | (_, Err(why)) => self.hidden.polling = Some(why),
            }
            if let Some(Some(target)) = it.target.known() {
                let is_constant =
                    it.partition_key.is(|it| it.as_deref().is_some_and(|it| !it.contains("$.")));
                let path = "partition_key".to_owned();
                self.note_key(target, &it.meta.key, path, &is_constant);
            }
        }
        for it in index.all::<TopicRule>() {
            for (at, action) in it.streams.known().into_iter().flatten().enumerate() {
                let Value::Known(stream) = &action.stream else { continue };
                let is_constant =
                    action.partition_key.is(|it| it.as_deref().is_some_and(|it| !it.contains("${")));
                let path = format!("streams[{at}].partition_key");
                self.note_key(stream, &it.meta.key, path, &is_constant);
            }
        }
    }

    fn note_key(&mut self, stream: &'a Key, by: &'a Key, path: String, is_constant: &Value<bool>) {
        let stream = self.resolved(stream);
        let uses = self.by_stream.entry(stream).or_default();
        match is_constant.decided() {
            Ok(true) => uses.constant_keys.push((by, path)),
            Ok(false) => {}
            Err(why) => uses.hidden_key = Some(why),
        }
    }
}

impl super::Uses<'_> {
    pub(super) fn constant_keys(&self) -> KeySet {
        let members = self.constant_keys.iter().map(|(by, _)| (*by).clone()).collect();
        KeySet { members, open: self.hidden_key.clone() }
    }
}
