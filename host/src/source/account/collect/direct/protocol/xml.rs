//! Replies in XML as JSON, in the names of SDKs.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value as Json};

use super::words::{Form, Words};

/// Deeper than any reply of AWS.
const DEPTH: usize = 64;

/// Reads what stands in the document's element. Without words every element is a text or a structure.
pub(super) fn read(body: &[u8], words: Option<&Words>) -> Result<Json, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                let mut document = Document { reader, words };
                let root = name(start.local_name().as_ref())?;
                let read = document.content("", &root, Form::Plain, 0)?;
                return document.end().map(|()| read);
            }
            Event::Empty(_) => return Ok(Json::Object(Map::new())),
            Event::Eof => return Err("no XML".to_owned()),
            _ => {}
        }
    }
}

struct Document<'d> {
    reader: Reader<&'d [u8]>,
    words: Option<&'d Words>,
}

/// What was read of an element so far.
#[derive(Default)]
struct Content {
    text: String,
    members: Vec<Json>,
    fields: Map<String, Json>,
}

impl Document<'_> {
    /// Reads up to the end of an element. `within` is the element that its own fields are looked up in.
    fn content(&mut self, within: &str, element: &str, form: Form, depth: usize) -> Result<Json, String> {
        if depth > DEPTH {
            return Err(format!("more than {DEPTH} elements within each other"));
        }
        let mut content = Content::default();
        // A member of a list stands for the list.
        let within = if within.is_empty() { element } else { within };
        loop {
            match self.reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) => {
                    let child = name(start.local_name().as_ref())?;
                    self.child(&mut content, within, form, &child, depth)?;
                }
                Event::Empty(start) => {
                    let child = name(start.local_name().as_ref())?;
                    self.add(&mut content, within, form, &child, None);
                }
                Event::Text(text) => {
                    content.text += &text.xml10_content().map_err(|error| error.to_string())?;
                }
                Event::CData(text) => {
                    content.text += &text.xml10_content().map_err(|error| error.to_string())?;
                }
                Event::GeneralRef(reference) => content.text.push(character(&reference)?),
                Event::End(_) => return Ok(content.into_json(form)),
                Event::Eof => return Err(format!("the reply ends within `{element}`")),
                _ => {}
            }
        }
    }

    fn child(
        &mut self,
        content: &mut Content,
        within: &str,
        form: Form,
        child: &str,
        depth: usize,
    ) -> Result<(), String> {
        let value = match form {
            Form::List => self.content(within, child, Form::Plain, depth + 1)?,
            _ => self.content(child, child, self.of(within, child).0, depth + 1)?,
        };
        self.add(content, within, form, child, Some(value));
        Ok(())
    }

    fn add(&self, content: &mut Content, within: &str, form: Form, child: &str, value: Option<Json>) {
        if form == Form::List {
            return content.members.push(value.unwrap_or_else(|| Content::default().into_json(Form::Plain)));
        }
        let (form, name) = self.of(within, child);
        content.set(name, value.unwrap_or_else(|| Content::default().into_json(form)));
    }

    fn of<'c>(&self, within: &str, child: &'c str) -> (Form, &'c str) {
        self.words.map_or((Form::Plain, child), |it| it.of(within, child))
    }

    /// Nothing but space may follow.
    fn end(&mut self) -> Result<(), String> {
        loop {
            match self.reader.read_event().map_err(|error| error.to_string())? {
                Event::Eof => return Ok(()),
                Event::Start(_) | Event::Empty(_) => return Err("more than one document".to_owned()),
                _ => {}
            }
        }
    }
}

impl Content {
    /// Sets a field. One that comes again, though nothing says that it is a list, is not lost.
    fn set(&mut self, name: &str, value: Json) {
        match self.fields.get_mut(name) {
            None => {
                self.fields.insert(name.to_owned(), value);
            }
            Some(Json::Array(values)) => values.push(value),
            Some(first) => *first = Json::Array(vec![first.take(), value]),
        }
    }

    fn into_json(self, form: Form) -> Json {
        let text = || self.text.trim();
        match form {
            Form::List => Json::Array(self.members),
            _ if !self.fields.is_empty() => Json::Object(self.fields),
            Form::Flag if text() == "true" => Json::Bool(true),
            Form::Flag if text() == "false" => Json::Bool(false),
            Form::Number if text().parse::<i64>().is_ok() => {
                text().parse::<i64>().map_or(Json::Null, Json::from)
            }
            Form::Number if text().parse::<f64>().is_ok() => {
                text().parse::<f64>().map_or(Json::Null, Json::from)
            }
            Form::Flag | Form::Number if text().is_empty() => Json::Null,
            _ => Json::String(self.text),
        }
    }
}

fn name(bytes: &[u8]) -> Result<String, String> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| error.to_string())
}

/// A character that is written as a reference: `&amp;`, `&#10;`.
fn character(reference: &BytesRef<'_>) -> Result<char, String> {
    if let Some(it) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(it);
    }
    match &**reference {
        b"amp" => Ok('&'),
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"apos" => Ok('\''),
        b"quot" => Ok('"'),
        other => Err(format!("`&{};` means nothing here", String::from_utf8_lossy(other))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::words;
    use super::*;

    fn ec2(body: &str) -> Json {
        read(body.as_bytes(), Some(&words::EC2)).unwrap()
    }

    #[test]
    fn lists_are_lists_whatever_their_length() {
        let reply = |members: &str| {
            ec2(&format!("<R xmlns='urn:x'><requestId>1</requestId><vpcSet>{members}</vpcSet></R>"))
        };
        assert_eq!(reply(""), json!({"requestId": "1", "vpcs": []}));
        assert_eq!(
            reply("<item><vpcId>vpc-1</vpcId></item>"),
            json!({"requestId": "1", "vpcs": [{"vpcId": "vpc-1"}]})
        );
        assert_eq!(ec2("<R><vpcSet/></R>"), json!({"vpcs": []}), "an empty list is no empty text");
    }

    #[test]
    fn names_are_those_of_sdks_and_depend_on_the_place() {
        let instances = ec2("<R><reservationSet><item>\
             <groupSet/>\
             <instancesSet><item>\
               <instanceState><code>16</code><name>running</name></instanceState>\
               <ipAddress>198.51.100.7</ipAddress>\
               <groupSet><item><groupId>sg-1</groupId></item></groupSet>\
               <networkInterfaceSet><item>\
                 <groupSet><item><groupId>sg-1</groupId></item></groupSet>\
                 <attachment><status>attached</status></attachment>\
               </item></networkInterfaceSet>\
               <tagSet><item><key>Count</key><value>1</value></item></tagSet>\
             </item></instancesSet>\
             </item></reservationSet></R>");
        assert_eq!(
            instances["reservations"][0]["instances"][0],
            json!({
                "state": {"code": 16, "name": "running"},
                "publicIpAddress": "198.51.100.7",
                "securityGroups": [{"groupId": "sg-1"}],
                "networkInterfaces": [{"groups": [{"groupId": "sg-1"}], "attachment": {"status": "attached"}}],
                "tags": [{"key": "Count", "value": "1"}],
            })
        );
        assert_eq!(
            ec2("<R><routeSet><item><ipAddress>1</ipAddress></item></routeSet></R>"),
            json!({"routes": [{"ipAddress": "1"}]})
        );
    }

    #[test]
    fn flags_and_numbers_are_typed_where_the_service_says_so() {
        assert_eq!(
            ec2(
                "<R><vpcSet><item><isDefault>true</isDefault><ownerId>012345678901</ownerId></item></vpcSet></R>"
            ),
            json!({"vpcs": [{"isDefault": true, "ownerId": "012345678901"}]})
        );
        assert_eq!(
            ec2("<R><enableDnsSupport><value>false</value></enableDnsSupport></R>"),
            json!({"enableDnsSupport": {"value": false}})
        );
        assert_eq!(
            ec2(
                "<R><ipPermissions><item><fromPort>443</fromPort><ipProtocol>6</ipProtocol></item></ipPermissions></R>"
            ),
            json!({"ipPermissions": [{"fromPort": 443, "ipProtocol": "6"}]})
        );
        assert_eq!(
            ec2("<R><iops/><size>much</size><min>0.5</min></R>"),
            json!({"iops": null, "size": "much", "min": 0.5})
        );
    }

    #[test]
    fn references_and_cdata_are_text() {
        assert_eq!(
            ec2("<R><description>a &amp; b &lt;c&gt; &#x41;&#66;<![CDATA[<d>]]></description></R>"),
            json!({"description": "a & b <c> AB<d>"})
        );
        assert!(read(b"<R><d>&unknown;</d></R>", None).is_err());
    }

    #[test]
    fn what_comes_twice_is_not_lost() {
        assert_eq!(read(b"<R><A>1</A><A>2</A><A>3</A></R>", None).unwrap(), json!({"A": ["1", "2", "3"]}));
    }

    #[test]
    fn truncated_and_wrong_replies_are_errors() {
        for body in ["", "<html>", "<R><vpcSet><item>", "<R></R><R></R>", "{\"a\": 1}", "<R></S>", "\u{0}"] {
            assert!(read(body.as_bytes(), Some(&words::EC2)).is_err(), "{body}");
        }
        let deep = "<a>".repeat(100_000);
        assert!(read(deep.as_bytes(), None).is_err());
    }
}
