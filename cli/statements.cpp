#include "statements.hpp"

#include <algorithm>
#include <cstdio>

namespace guanxi::cli {
namespace {

constexpr std::size_t longest = std::size_t{1} << 20;

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Where the next thing begins: past a text in quotes, past a comment, else one character on.
std::size_t step(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\'' || c == '"') {
    const std::size_t end = text.find(c, at + 1);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  if (text.substr(at).starts_with("--")) return std::min(text.find('\n', at), text.size());
  return at + 1;
}

bool is_comment(std::string_view text, std::size_t at) { return text.substr(at).starts_with("--"); }

/// The place of the first semicolon that ends a statement, or npos.
std::size_t end_of_statement(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at = step(text, at))
    if (text[at] == ';') return at;
  return std::string_view::npos;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

void statement_reader::add(std::string_view line) {
  text_ += line;
  text_ += '\n';
}

std::optional<std::string> statement_reader::next() {
  while (true) {
    const std::size_t end = end_of_statement(text_);
    if (end == std::string::npos) {
      if (pending()) return std::nullopt;
      next_line_ += static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n'));
      text_.clear();
      return std::nullopt;
    }
    const std::string whole = text_.substr(0, end);
    text_.erase(0, end + 1);
    const auto first = std::find_if_not(whole.begin(), whole.end(), blank);
    line_ = next_line_ + static_cast<std::size_t>(std::count(whole.begin(), first, '\n'));
    next_line_ += static_cast<std::size_t>(std::count(whole.begin(), whole.end(), '\n'));
    if (says_something(whole)) return trimmed(whole);
  }
}

bool statement_reader::pending() const { return says_something(text_); }

bool says_something(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); at = step(text, at))
    if (!blank(text[at]) && !is_comment(text, at)) return true;
  return false;
}

std::string on_one_line(std::string_view statement) {
  std::string out;
  for (std::size_t at = 0; at < statement.size();) {
    const std::size_t next = step(statement, at);
    if (is_comment(statement, at) || blank(statement[at])) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += statement.substr(at, next - at);
    }
    at = next;
  }
  std::replace(out.begin(), out.end(), '\n', ' ');
  return trimmed(out);
}

result<std::string> statement_from(const std::string& written) {
  std::string text = written;
  if (written == "-") {
    text.clear();
    char part[4096];
    while (const std::size_t got = std::fread(part, 1, sizeof part, stdin)) {
      text.append(part, got);
      if (text.size() > longest)
        return unexpected(errc::limit, "standard input is longer than 1 MiB, which no query is");
    }
  }
  const std::size_t end = end_of_statement(text);
  if (end != std::string::npos && !says_something(std::string_view(text).substr(end + 1)))
    text.resize(end);
  return trimmed(text);
}

namespace {

void describe(std::string& out, const query::shape& shape, const std::string& indent) {
  const auto add = [&](std::string_view word, std::string_view what) {
    out += indent + std::string(word) + ": " + std::string(what) + "\n";
  };
  add("statement", shape.statement);
  add("store", shape.store);
  add("division", query::name(shape.division));
  for (const query::shape::condition& c : shape.conditions)
    add("condition", c.text + " (" + c.verdict + ")");
  for (const query::shape::guard& g : shape.guards) add("guard", g.entity + ": " + g.reach);
  for (const std::string& a : shape.access) add("access", a);
  for (const query::shape& n : shape.nested) {
    out += indent + "nested:\n";
    describe(out, n, indent + "  ");
  }
}

}  // namespace

std::string described(const query::shape& shape) {
  std::string out;
  describe(out, shape, "");
  return out;
}

}  // namespace guanxi::cli
