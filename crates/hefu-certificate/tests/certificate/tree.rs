//! DER as a tree that tests can change anywhere, to make certificates that no draft would.

/// A tag with content, or with elements inside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) tag: u8,
    pub(crate) content: Vec<u8>,
    pub(crate) children: Vec<Node>,
}

impl Node {
    pub(crate) fn primitive(tag: u8, content: &[u8]) -> Self {
        Self {
            tag,
            content: content.to_vec(),
            children: Vec::new(),
        }
    }

    pub(crate) fn constructed(tag: u8, children: Vec<Self>) -> Self {
        Self {
            tag,
            content: Vec::new(),
            children,
        }
    }

    pub(crate) fn oid(dotted: &str) -> Self {
        Self::primitive(6, const_oid::ObjectIdentifier::new_unwrap(dotted).as_bytes())
    }

    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let (mut nodes, rest) = (Self::parse_all(bytes), 0);
        assert_eq!((nodes.len(), rest), (1, 0));
        nodes.remove(0)
    }

    pub(crate) fn parse_all(mut bytes: &[u8]) -> Vec<Self> {
        let mut nodes = Vec::new();
        while !bytes.is_empty() {
            let tag = bytes[0];
            let (length, header) = match bytes[1] {
                short @ 0..=0x7f => (usize::from(short), 2),
                long => {
                    let count = usize::from(long & 0x7f);
                    (
                        bytes[2..2 + count]
                            .iter()
                            .fold(0, |all, octet| all << 8 | usize::from(*octet)),
                        2 + count,
                    )
                }
            };
            let content = &bytes[header..header + length];
            nodes.push(if tag & 0x20 == 0 {
                Self::primitive(tag, content)
            } else {
                Self::constructed(tag, Self::parse_all(content))
            });
            bytes = &bytes[header + length..];
        }
        nodes
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let mut content = self.content.clone();
        content.extend(self.children.iter().flat_map(Self::der));
        let mut der = vec![self.tag];
        match content.len() {
            short @ 0..=0x7f => der.push(short as u8),
            length @ 0x80..=0xff => der.extend([0x81, length as u8]),
            length => der.extend([0x82, (length >> 8) as u8, length as u8]),
        }
        der.extend(content);
        der
    }
}

/// The fields of a to-be-signed part, by position.
pub(crate) struct Tbs(pub(crate) Node);

impl Tbs {
    pub(crate) fn parse(der: &[u8]) -> Self {
        Self(Node::parse(der))
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.0.der()
    }

    pub(crate) fn version(&mut self) -> &mut Node {
        &mut self.0.children[0].children[0]
    }

    pub(crate) fn serial(&mut self) -> &mut Node {
        &mut self.0.children[1]
    }

    pub(crate) fn algorithm(&mut self) -> &mut Node {
        &mut self.0.children[2]
    }

    pub(crate) fn issuer(&mut self) -> &mut Node {
        &mut self.0.children[3]
    }

    pub(crate) fn not_before(&mut self) -> &mut Node {
        &mut self.0.children[4].children[0]
    }

    pub(crate) fn not_after(&mut self) -> &mut Node {
        &mut self.0.children[4].children[1]
    }

    pub(crate) fn subject(&mut self) -> &mut Node {
        &mut self.0.children[5]
    }

    pub(crate) fn spki(&mut self) -> &mut Node {
        &mut self.0.children[6]
    }

    pub(crate) fn extensions(&mut self) -> &mut Vec<Node> {
        &mut self.0.children.last_mut().unwrap().children[0].children
    }

    /// The value of the subject's attribute with this type; adds one at the end when there is none.
    pub(crate) fn attribute(&mut self, oid: &str) -> &mut Node {
        let kind = Node::oid(oid);
        let rdns = &mut self.subject().children;
        let found = rdns.iter().position(|rdn| rdn.children[0].children[0] == kind);
        let at = found.unwrap_or_else(|| {
            let pair = Node::constructed(0x30, vec![kind, Node::primitive(12, b"x")]);
            rdns.push(Node::constructed(0x31, vec![pair]));
            rdns.len() - 1
        });
        &mut rdns[at].children[0].children[1]
    }

    pub(crate) fn position(&mut self, oid: &str) -> Option<usize> {
        let kind = Node::oid(oid);
        self.extensions()
            .iter()
            .position(|extension| extension.children[0] == kind)
    }

    pub(crate) fn remove(&mut self, oid: &str) {
        let at = self.position(oid).unwrap();
        self.extensions().remove(at);
    }

    /// Puts an extension with this value, in place of one of the same kind.
    pub(crate) fn put(&mut self, oid: &str, critical: bool, value: &[u8]) {
        let mut children = vec![Node::oid(oid)];
        if critical {
            children.push(Node::primitive(1, &[0xff]));
        }
        children.push(Node::primitive(4, value));
        let extension = Node::constructed(0x30, children);
        match self.position(oid) {
            Some(at) => self.extensions()[at] = extension,
            None => self.extensions().push(extension),
        }
    }

    /// The value of an extension, as a tree.
    pub(crate) fn value(&mut self, oid: &str) -> Node {
        let at = self.position(oid).unwrap();
        Node::parse(&self.extensions()[at].children.last().unwrap().content)
    }

    pub(crate) fn set_critical(&mut self, oid: &str, critical: bool) {
        let value = self.value(oid).der();
        self.put(oid, critical, &value);
    }
}
