#include "page_walk.hpp"

#include "guanxi/query/paging.hpp"
#include "prepared.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

constexpr char layout = 1;

void append_number(std::string& out, std::int64_t n) {
  for (int byte = 0; byte < 8; ++byte)
    out += static_cast<char>(static_cast<std::uint64_t>(n) >> (8 * byte));
}

void append_value(std::string& out, const value& v) {
  out += static_cast<char>(v.type());
  switch (v.type()) {
    case value_type::null: return;
    case value_type::boolean: return append_number(out, v.as_boolean());
    case value_type::integer: return append_number(out, v.as_integer());
    case value_type::decimal:
      append_number(out, v.as_decimal().coefficient);
      return append_number(out, v.as_decimal().scale);
    case value_type::text:
      append_number(out, static_cast<std::int64_t>(v.as_text().size()));
      out += v.as_text();
      return;
    case value_type::date: return append_number(out, v.as_date().days);
    case value_type::instant: return append_number(out, v.as_instant().microseconds);
    case value_type::reference: return append_number(out, v.as_id().value);
  }
}

/// Reads what this library has written and signed.
class reader {
 public:
  explicit reader(std::string_view from) : left_(from) {}
  bool at_end() const noexcept { return left_.empty(); }
  char byte() {
    const char out = left_.empty() ? '\0' : left_.front();
    left_.remove_prefix(std::min<std::size_t>(1, left_.size()));
    return out;
  }
  std::int64_t number() {
    std::uint64_t out = 0;
    for (int at = 0; at < 8; ++at)
      out |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte())) << (8 * at);
    return static_cast<std::int64_t>(out);
  }
  value content() {
    switch (static_cast<value_type>(byte())) {
      case value_type::null: return {};
      case value_type::boolean: return number() != 0;
      case value_type::integer: return number();
      case value_type::decimal: {
        const std::int64_t coefficient = number();
        return decimal{coefficient, static_cast<std::uint8_t>(number())};
      }
      case value_type::text: {
        const auto length = static_cast<std::size_t>(number());
        const std::string_view text = left_.substr(0, length);
        left_.remove_prefix(text.size());
        return text;
      }
      case value_type::date: return date{static_cast<std::int32_t>(number())};
      case value_type::instant: return instant{number()};
      case value_type::reference: return id{number()};
    }
    return {};
  }

 private:
  std::string_view left_;
};

/// What a cursor is for: all that the answer hangs on but the size of its pages.
std::string context_of(const session& by, const query::statement& q,
                       const std::vector<expr::parameter_value>& parameters,
                       const query_options& options) {
  query::statement asked = q;
  asked.limit = asked.after = {};
  const prepared::state rest(std::move(asked));
  const std::vector<std::string> names = rest.names();
  std::string out = query::print(rest.content);
  out += '\0';
  for (const expr::parameter_value& p : parameters) {
    if (std::find(names.begin(), names.end(), p.name) == names.end()) continue;
    out += p.name + '\0';
    append_value(out, p.content);
    append_number(out, p.is_list ? static_cast<std::int64_t>(p.list.size()) : -1);
    for (const value& v : p.list) append_value(out, v);
  }
  append_number(out, by.who().system ? 0 : by.who().user.value);
  append_number(out, options.as_of.sequence.value_or(-1));
  append_number(out, options.as_of.at ? options.as_of.at->microseconds : -1);
  return out + options.time_zone;
}

std::size_t rows_of_a_page(const query::statement& q,
                           const std::vector<expr::parameter_value>& parameters) {
  value size = q.limit.top().content;
  for (const expr::parameter_value& p : parameters)
    if (q.limit.top().what == expr::op::parameter && p.name == q.limit.top().text)
      size = p.content;
  // What is no such number is refused when the query is bound.
  return size.type() == value_type::integer ? static_cast<std::size_t>(size.as_integer()) : 0;
}

}  // namespace

result<void> page_walk::read(std::string_view cursor) {
  const std::optional<std::string> content = signed_content(key_, cursor, context_);
  if (!content || content->empty() || content->front() != layout)
    return unexpected(errc::invalid_argument, std::string(query::no_cursor));
  reader from(*content);
  from.byte();
  since_ = from.number();
  expr::parameter_value& place = parameters_[at_];
  place.content = {};
  place.is_list = true;
  while (!from.at_end()) place.list.push_back(from.content());
  return {};
}

result<page_walk> page_walk::take_up(const session& by, const secret& key,
                                     const query::statement& q,
                                     const std::vector<expr::parameter_value>& parameters,
                                     const query_options& options) {
  page_walk out;
  out.key_ = key;
  out.parameters_ = parameters;
  out.most_ = rows_of_a_page(q, parameters);
  out.context_ = context_of(by, q, parameters, options);
  const expr::node& named = q.after.top();
  const auto given = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& p) { return p.name == named.text; });
  if (given == parameters.end()) return out;  // refused when the query is bound
  out.at_ = static_cast<std::size_t>(given - parameters.begin());
  const auto located = [&](result<void> ok) -> result<page_walk> {
    if (!ok) return unexpected(std::move(ok.error().at_offset(named.offset)));
    return std::move(out);
  };
  if (!given->is_list && given->content.type() == value_type::text)
    return located(out.read(given->content.as_text()));
  if (given->is_list || !given->content.is_null())
    return located(unexpected(errc::type_mismatch, "a cursor is the text that a page gave, or null "
                                                   "for the first page"));
  result<std::int64_t> last = by.last_change();
  if (!last) return passed(last);
  out.since_ = *last;
  return out;
}

void page_walk::cut(rows& page) const {
  query::page_mark mark{{}, since_};
  if (page.size() > most_) {
    page.drop_last_row();
    std::string content(1, layout);
    append_number(content, since_);
    for (std::size_t c = 0; c < page.columns().size(); ++c)
      if (page.columns()[c].hidden) append_value(content, page.at(page.size() - 1, c));
    mark.next = signed_text(key_, content, context_);
  }
  page.make_page(std::move(mark));
}

}  // namespace guanxi
