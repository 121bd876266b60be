#include "completion.hpp"

#include "guanxi/expr/tree.hpp"

#include <algorithm>
#include <optional>

namespace guanxi::cli {
namespace {

constexpr std::string_view keywords[] = {
    "all",    "and",    "any",    "archived", "as",    "asc",     "between", "by",     "cube",
    "date",   "deleted", "desc",  "distinct", "false", "fill",    "filter",  "first",  "for",
    "from",   "gaps",   "group",  "having",   "in",    "instant", "is",      "last",   "like",
    "limit",  "mine",   "none",   "not",      "null",  "nulls",   "of",      "offset", "or",
    "order",  "per",    "pivot",  "rollup",   "scope", "select",  "team",    "true",   "where",
    "with"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

/// A word of a statement, in small letters, with its place.
struct word {
  std::string text;
  std::size_t begin = 0, end = 0;
};

struct scan {
  std::vector<word> words;
  bool inside_text = false;  ///< the end is within quotes or a comment
};

scan scanned(std::string_view text) {
  scan out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\'' || text[at] == '"') {
      const std::size_t end = text.find(text[at], at + 1);
      out.inside_text = end == std::string_view::npos;
      at = out.inside_text ? text.size() : end + 1;
    } else if (text.substr(at).starts_with("--")) {
      const std::size_t end = text.find('\n', at);
      out.inside_text = end == std::string_view::npos;
      at = std::min(end, text.size());
    } else if (is_word(text[at])) {
      const std::size_t begin = at;
      while (at < text.size() && (is_word(text[at]) || text[at] == '.')) ++at;
      out.words.push_back({lowered(text.substr(begin, at - begin)), begin, at});
    } else {
      ++at;
    }
  }
  return out;
}

/// The entity that the select around the cursor is from: the last `from` before the cursor, unless
/// a later `select` began; then the first behind it.
const sight::entity* entity_around(const sight& seen, const std::vector<word>& before,
                                   const std::vector<word>& after) {
  for (std::size_t i = before.size(); i-- > 0;) {
    if (before[i].text == "select") break;
    if (before[i].text == "from" && i + 1 < before.size()) return seen.find(before[i + 1].text);
  }
  for (std::size_t i = 0; i + 1 < after.size(); ++i)
    if (after[i].text == "from") return seen.find(after[i + 1].text);
  return nullptr;
}

void finish(completion& out, std::string_view prefix) {
  const std::string wanted = lowered(prefix);
  std::erase_if(out.candidates, [&](const std::string& c) { return !c.starts_with(wanted); });
  std::sort(out.candidates.begin(), out.candidates.end());
  out.candidates.erase(std::unique(out.candidates.begin(), out.candidates.end()),
                       out.candidates.end());
}

void add_entities(completion& out, const sight& seen) {
  for (const sight::entity& e : seen.entities) out.candidates.emplace_back(e.of->name());
}

void add_fields(completion& out, const sight::entity& of) {
  for (const schema::field* f : of.fields) out.candidates.push_back(f->name);
}

/// What may stand behind the last dot of a path.
void add_fields_of_path(completion& out, const sight& seen, const sight::entity* from,
                        std::string_view path) {
  while (from && !path.empty()) {
    const std::size_t dot = path.find('.');
    const schema::field* f = from->find(path.substr(0, dot));
    from = f ? seen.find(f->target) : nullptr;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  if (from) add_fields(out, *from);
}

void add_language(completion& out) {
  out.candidates.insert(out.candidates.end(), std::begin(keywords), std::end(keywords));
  for (int f = 1; f <= static_cast<int>(expr::last_function); ++f) {
    const std::string_view named = expr::name(static_cast<expr::function>(f));
    if (!named.empty()) out.candidates.emplace_back(named);
  }
}

completion of_dot_line(const sight& seen, std::string_view line,
                       std::span<const dot_word> dot_words) {
  const std::size_t blank = line.rfind(' ');
  completion out;
  if (blank == std::string_view::npos) {
    for (const dot_word& d : dot_words) out.candidates.emplace_back(d.name);
    out.typed = line.size();
    finish(out, line);
    return out;
  }
  const std::string_view name = line.substr(0, line.find(' '));
  for (const dot_word& d : dot_words) {
    if (d.name != name) continue;
    out.candidates.assign(d.choices.begin(), d.choices.end());
    if (d.takes_entity) add_entities(out, seen);
  }
  out.typed = line.size() - blank - 1;
  finish(out, line.substr(blank + 1));
  return out;
}

}  // namespace

completion complete(const sight& seen, std::string_view before, std::string_view after,
                    std::span<const dot_word> dot_words) {
  if (before.starts_with('.')) return of_dot_line(seen, before, dot_words);
  scan left = scanned(before);
  completion out;
  if (left.inside_text) return out;
  std::string_view typed;
  if (!left.words.empty() && left.words.back().end == before.size()) {
    typed = before.substr(left.words.back().begin);
    left.words.pop_back();
  }
  if (!typed.empty() && before.size() > typed.size() &&
      before[before.size() - typed.size() - 1] == ':')
    return out;  // a parameter
  if (!left.words.empty() && left.words.back().text == "from") {
    add_entities(out, seen);
    out.typed = typed.size();
    finish(out, typed);
    return out;
  }
  const sight::entity* around = entity_around(seen, left.words, scanned(after).words);
  const std::size_t dot = typed.rfind('.');
  if (dot != std::string_view::npos) {
    add_fields_of_path(out, seen, around, lowered(typed.substr(0, dot)));
  } else {
    add_language(out);
    if (around) add_fields(out, *around);
    else
      for (const sight::entity& e : seen.entities) add_fields(out, e);
  }
  const std::string_view last = dot == std::string_view::npos ? typed : typed.substr(dot + 1);
  out.typed = last.size();
  finish(out, last);
  const auto leads_on = [&](const sight::entity& e) {
    const schema::field* f = out.candidates.size() == 1 ? e.find(out.candidates[0]) : nullptr;
    return f && seen.find(f->target);
  };
  out.open = std::any_of(seen.entities.begin(), seen.entities.end(), leads_on);
  return out;
}

std::string common_beginning(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  std::string out = words.front();
  for (const std::string& w : words) {
    const auto parts = std::mismatch(out.begin(), out.end(), w.begin(), w.end());
    out.erase(parts.first, out.end());
  }
  return out;
}

}  // namespace guanxi::cli
