//! Tests of Markdown as HTML: what it looks like, what it refuses, what it costs.

use proptest::prelude::*;

use super::*;

fn resolve(name: &str) -> Option<Target> {
    let known = ["service:checkout", "team:shop/pay"].contains(&name);
    known.then(|| Target { href: format!("../{}.html", name.replace(':', "/")), title: "T".into() })
}

fn shown(text: &str) -> String {
    html(text, &resolve)
}

/// The result as XML, which it must be.
fn parsed(html: &str) -> String {
    format!("<div>{html}</div>")
}

#[test]
fn common_markdown_becomes_common_html() {
    let text = "# One\n## Two\n##### Five\n\nA *b* **c** ~~d~~ `e<f` \"g\"\\\nh\n\n> quoted\n\n3. three\n4. four\n\n\
- [ ] open\n- [x] done\n\n| l | c | r |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n\n---\n\n```sh onclick=x\nls <a>\n```\n\nhttps://x.example/a?b=c&d and a@b.example";
    insta::assert_snapshot!(shown(text), @r##"
    <h3>One</h3>
    <h4>Two</h4>
    <h6>Five</h6>
    <p>A <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;f</code> &quot;g&quot;<br />
    h</p>
    <blockquote>
    <p>quoted</p>
    </blockquote>
    <ol start="3">
    <li>three</li>
    <li>four</li>
    </ol>
    <ul>
    <li class="task"><input type="checkbox" disabled="" aria-label="to do" /> open</li>
    <li class="task"><input type="checkbox" disabled="" checked="" aria-label="done" /> done</li>
    </ul>
    <div class="scroll" tabindex="0" role="group" aria-label="Table"><table class="w16"><colgroup><col class="c17" /><col class="c17" /><col class="c16" /></colgroup>
    <thead><tr><th>l</th><th class="center">c</th><th class="right">r</th></tr></thead>
    <tbody>
    <tr><td>1</td><td class="center">2</td><td class="right">3</td></tr>
    </tbody>
    </table></div>
    <hr />
    <pre><code>ls &lt;a&gt;
    </code></pre>
    <p><a href="https://x.example/a?b=c&amp;d" rel="nofollow noopener noreferrer">https://x.example/a?b=c&amp;d</a> and <a href="mailto:a@b.example">a@b.example</a></p>
    "##);
}

#[test]
fn names_of_entities_become_links() {
    let text = "See service:checkout. Not `service:checkout`, [service:checkout](x), \
                https://x/service:checkout or service:other.\n\n# team:shop/pay\n\n    service:checkout\n";
    insta::assert_snapshot!(shown(text), @r##"
    <p>See <a class="entity" href="../service/checkout.html" title="T">service:checkout</a>. Not <code>service:checkout</code>, <a href="x">service:checkout</a>, <a href="https://x/service:checkout" rel="nofollow noopener noreferrer">https://x/service:checkout</a> or service:other.</p>
    <h3><a class="entity" href="../team/shop/pay.html" title="T">team:shop/pay</a></h3>
    <pre><code>service:checkout
    </code></pre>
    "##);
}

#[test]
fn pictures_and_html_are_shown_as_links_and_text() {
    let text = "![a <b> tree](https://x/t.png \"T\") [![badge](b.svg)](https://x/) ![](c.png)\n\n\
                <script>alert(1)</script>\n\nA <b onclick=\"x\">b</b> &lt;i&gt; <!-- c -->";
    insta::assert_snapshot!(shown(text), @r##"
    <p><a href="https://x/t.png" title="T" rel="nofollow noopener noreferrer">a &lt;b&gt; tree</a> <a href="https://x/" rel="nofollow noopener noreferrer">badge</a> <a href="c.png">c.png</a></p>
    <p>&lt;script&gt;alert(1)&lt;/script&gt;</p>
    <p>A &lt;b onclick=&quot;x&quot;&gt;b&lt;/b&gt; &lt;i&gt; &lt;!-- c --&gt;</p>
    "##);
}

#[test]
fn addresses_that_run_or_read_something_are_text() {
    for url in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&colon;alert(1)",
        "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)",
        "java&Tab;script:alert(1)",
        "&#1;javascript:alert(1)",
        "&#x20;javascript:alert(1)",
        "vbscript:x",
        "data:text/html;base64,PHN2Zz4=",
        "file:///etc/passwd",
        "blob:x",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\\\\\evil.example/",
        "https&NewLine;://x",
        "x:y",
    ] {
        for text in [
            format!("[t]({url})"),
            format!("[t](<{url}>)"),
            format!("![t]({url})"),
            format!("<{url}>"),
            format!("[t]\n\n[t]: {url}\n"),
            url.to_owned(),
        ] {
            let html = shown(&text);
            assert!(!html.contains("<a"), "{text} gives {html}");
            assert!(!html.contains("<img"), "{text} gives {html}");
        }
    }
    assert_eq!(shown("[t](&#x202e;https://x)"), "<p>t</p>\n");
    for url in
        ["https://x", "HTTPS://x", "mailto:a@b", "a/b.html", "#top", "?q=a:b", "../a:b", "/x"]
    {
        let html = shown(&format!("[t]({url})"));
        assert!(html.contains(&format!("href=\"{url}\"")), "{url} gives {html}");
    }
}

#[test]
fn a_quote_in_an_address_ends_no_attribute() {
    let html = shown("[t](<https://x/\"onclick=\"y'> 'a\"b') https://x/\"onclick=y");
    assert!(!html.contains("\"onclick"), "{html}");
    roxmltree::Document::parse(&parsed(&html)).unwrap();
}

#[test]
fn what_is_too_long_is_shown_as_it_is_written() {
    let text = format!("{}*last* <b>\n", "*word*\n".repeat(60_000));
    let html = shown(&text);
    assert!(html.contains("Only the first 256 KiB"));
    assert!(html.ends_with("*last* &lt;b&gt;\n</pre>\n"));
}

/// What texts of a megabyte are made of, each of which some reader of Markdown took for ever for.
const REPEATED: &[&str] = &[
    "[",
    "![",
    "*",
    "**a ",
    "*a_b ",
    ">",
    "> ",
    "`",
    "|",
    "~",
    "_",
    "<",
    "</",
    "<!--",
    "&",
    "\\",
    "- ",
    "* a\n",
    "1. ",
    "[a](",
    "[a][",
    "[a]: b\n",
    "![[]()",
    "a|b\n",
    "<a@",
    "http://",
    "www.",
    "a@b.",
    "#",
    "\n",
    "\t",
    "*a `b` [c](d) ",
    "service:checkout ",
    ":",
    "x:y ",
    "~~a",
    "***a***b",
    "`a``",
    "<https://",
    "[x]\n",
    "| a |\n|---|\n",
    "> - ",
    "- [ ] ",
    "  ",
    "\u{fffd}",
    "&amp;",
    "<?",
    "<![CDATA[",
    "]]",
    "](",
    "*a **a ",
];

#[test]
fn hostile_texts_of_a_megabyte_are_shown_whatever_they_are() {
    let mut texts: Vec<String> =
        REPEATED.iter().map(|one| one.repeat((1 << 20) / one.len())).collect();
    let nested =
        |mark: &str| (0..700).map(|n| format!("{}{mark} x\n", "  ".repeat(n))).collect::<String>();
    texts.push(nested("-"));
    texts.push(nested("1."));
    texts.push((0..700).map(|n| format!("{}x\n", "> ".repeat(n))).collect());
    texts.push((0..9000).map(|n| format!("{}a\n", "`".repeat(n % 100))).collect());
    texts.push(format!(
        "|{}\n|{}\n{}",
        "a|".repeat(5000),
        "-|".repeat(5000),
        "|a|\n".repeat(50_000)
    ));
    texts.push(format!("{}{}", "[a]: /u\n".repeat(10_000), "[a]".repeat(60_000)));
    texts.push(format!("{}{}", "[".repeat(50_000), "](x)".repeat(50_000)));
    texts.push(format!("{}{}", "*a ".repeat(50_000), "b* ".repeat(50_000)));
    for text in &texts {
        let html = shown(text);
        let head: String = text.chars().take(20).collect();
        assert!(html.len() < 16 * text.len() + (8 << 20), "{head:?} gives {} bytes", html.len());
        let document = parsed(&html);
        let read = roxmltree::Document::parse(&document);
        assert!(read.is_ok(), "{head:?} gives {:?}", read.err());
    }
}

proptest! {
    #[test]
    fn any_text_gives_balanced_html_with_known_tags_only(
        text in "([*_`~\\[\\]()<>!|#:\"'&;=\\\\ \n-]|[a-c]|javascript:|https://|<b |\\- \\[ \\] |\\|\\-\\|\n|&#10;|service:checkout|\u{202e}|\u{7}){0,60}",
    ) {
        let html = shown(&text);
        let document = parsed(&html);
        let read = roxmltree::Document::parse(&document);
        prop_assert!(read.is_ok(), "{:?} gives {html}: {:?}", text, read.err());
        let tags = ["div", "p", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "input", "pre",
            "code", "hr", "br", "table", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "em", "strong", "del", "a"];
        for node in read.unwrap().descendants().filter(roxmltree::Node::is_element) {
            prop_assert!(tags.contains(&node.tag_name().name()));
            let href = node.attribute("href").unwrap_or_default();
            let scheme = href.split(['/', '#', '?']).next().unwrap_or_default().split_once(':');
            prop_assert!(scheme.is_none_or(|(scheme, _)| ["http", "https", "mailto"].contains(&scheme)), "{html}");
        }
    }

    #[test]
    fn what_is_linked_is_what_is_mentioned(
        text in "([*_`~\\[\\]()<>!|#: \n-]|[a-c]| https://x/ |- |\t|ü|service:a|team:b/c){0,40}",
    ) {
        let linked = std::cell::RefCell::new(Vec::new());
        html(&text, &|name| { linked.borrow_mut().push(name.to_owned()); None });
        let named: Vec<String> = crate::markdown::mentions(&text).map(|(_, name)| name.to_owned()).collect();
        prop_assert_eq!(named, linked.into_inner(), "{:?}", text);
    }
}
