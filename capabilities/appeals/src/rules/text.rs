//! Texts as people type them: cleaned before anything is decided about them.

use gongzhi_kernel::FieldError;

/// Characters that show nothing but can reorder or hide what is read.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// One line: control characters and line breaks become blanks, runs of blanks one blank, outer blanks go.
pub fn clean_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
        .collect();
    let mut words = visible.split(' ').filter(|word| !word.is_empty());
    let mut line = String::with_capacity(visible.len());
    if let Some(first) = words.next() {
        line.push_str(first);
    }
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    line
}

/// Several lines: line breaks are kept (at most one empty line together), other control characters go.
pub fn clean_text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut breaks = 0;
    for line in text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n").split('\n')
    {
        let line: String = line
            .chars()
            .filter(|c| !is_invisible(*c))
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| !c.is_control())
            .collect();
        let line = line.trim();
        if line.is_empty() {
            breaks += 1;
            continue;
        }
        if !clean.is_empty() {
            clean.push_str(if breaks > 1 { "\n\n" } else { "\n" });
        }
        clean.push_str(line);
        breaks = 1;
    }
    clean
}

/// A title for a text that has none: its first sentence, at most `max` characters.
pub fn title_of(text: &str, max: usize) -> String {
    let ends = ['。', '！', '？', '；', '\n', '!', '?', ';'];
    let sentence = text.split(ends).map(str::trim).find(|sentence| !sentence.is_empty()).unwrap_or(text);
    if sentence.chars().count() <= max {
        return sentence.to_owned();
    }
    let mut title: String = sentence.chars().take(max.saturating_sub(1)).collect();
    title.truncate(title.trim_end().len());
    title.push('…');
    title
}

/// Adds an error where a telephone number cannot be one.
pub fn check_phone(field: &'static str, phone: &str, errors: &mut Vec<FieldError>) {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let known = phone.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')'));
    if !phone.is_empty() && (!known || !(5..=20).contains(&digits)) {
        errors.push(FieldError::new(field, "error-phone"));
    }
}

/// Adds an error where an e-mail address cannot be one.
pub fn check_email(field: &'static str, email: &str, errors: &mut Vec<FieldError>) {
    let sound = email.rsplit_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.starts_with('.') && !email.contains(char::is_whitespace)
    });
    if !email.is_empty() && !sound {
        errors.push(FieldError::new(field, "error-email"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_text_goes() {
        assert_eq!(clean_line(" a\u{0}b\n c\u{202e}d\t\te\u{3000}路 "), "a b cd e 路");
        assert_eq!(clean_text("一\r\n\r\n\r\n二\u{7}\n三  \n"), "一\n\n二\n三");
        assert_eq!(clean_text("\n\n \u{200b}\n"), "");
    }

    #[test]
    fn a_title_is_the_first_sentence() {
        assert_eq!(title_of("楼下施工到半夜。睡不着！", 30), "楼下施工到半夜");
        assert_eq!(title_of("。。路灯坏了", 30), "路灯坏了");
        assert_eq!(title_of(&"长".repeat(50), 30).chars().count(), 30);
        assert_eq!(title_of("?!", 30), "?!");
    }

    #[test]
    fn addresses_that_cannot_be_reached_are_named() {
        let errors = |phone: &str, email: &str| {
            let mut errors = Vec::new();
            check_phone("phone", phone, &mut errors);
            check_email("email", email, &mut errors);
            errors.len()
        };
        assert_eq!(errors("+86 199-0000-0001", "a.b@example.org"), 0);
        assert_eq!(errors("", ""), 0);
        assert_eq!(errors("1234", "@example.org"), 2);
        assert_eq!(errors("电话", "a b@example.org"), 2);
    }
}
