#include "condition.hpp"

#include <algorithm>

namespace guanxi::query::columns {

using expr::op;

namespace {

constexpr auto byte(truth t) noexcept { return static_cast<std::uint8_t>(t); }

truth truth_of(const std::optional<value>& v) {
  if (!v) return truth::failed;
  if (v->is_null()) return truth::unknown;
  if (v->type() != value_type::boolean) return truth::failed;
  return v->as_boolean() ? truth::yes : truth::no;
}

bool is_comparison(op what) noexcept { return what >= op::equal && what <= op::greater_equal; }

op mirrored(op what) noexcept {
  switch (what) {
    case op::less: return op::greater;
    case op::less_equal: return op::greater_equal;
    case op::greater: return op::less;
    case op::greater_equal: return op::less_equal;
    default: return what;
  }
}

/// A literal as the integer that a column keeps, if it is exactly one.
std::optional<std::int64_t> integer_of(const expr::type& column, const value& v) {
  const bool number = column.base == value_type::integer || column.base == value_type::decimal;
  if (number) {
    if (!v.is_number()) return std::nullopt;
    const int scale = column.base == value_type::decimal ? column.scale : 0;
    if (!exact_at(v.number(), scale)) return std::nullopt;
    return rescaled(v.number().coefficient, v.number().scale, scale);
  }
  if (column.base == value_type::reference && v.type() == value_type::integer)
    return v.as_integer();
  if (column.base != v.type() || v.type() == value_type::text || v.is_null()) return std::nullopt;
  return whole(v);
}

/// and (deciding: no) and or (deciding: yes), from left to right.
std::uint8_t joined(std::uint8_t so_far, std::uint8_t next, truth deciding) noexcept {
  if (so_far == byte(deciding) || so_far == byte(truth::failed)) return so_far;
  if (next == byte(deciding) || next == byte(truth::failed)) return next;
  return so_far == byte(truth::unknown) ? so_far : next;
}

}  // namespace

std::optional<code_range> range_of(const cells& of, op what, const value& literal) {
  if (of.kept_as() == cells::form::arena) return std::nullopt;
  if (of.kept_as() == cells::form::dictionary) {
    if ((what != op::equal && what != op::not_equal) || literal.type() != value_type::text)
      return std::nullopt;
    const auto code = of.find(literal);
    code_range out{1, 0, what == op::not_equal};
    if (code) out.low = out.high = *code;
    return out;
  }
  const auto x = integer_of(of.type(), literal);
  if (!x || !of.rising()) return std::nullopt;
  const wide at = wide{*x} - of.base() + 1;
  constexpr wide most = std::numeric_limits<std::uint64_t>::max();
  wide low = 1, high = most;
  switch (what) {
    case op::less: high = at - 1; break;
    case op::less_equal: high = at; break;
    case op::greater: low = at + 1; break;
    case op::greater_equal: low = at; break;
    default: low = high = at; break;
  }
  low = std::max<wide>(low, 1);
  high = std::min(high, most);
  code_range out{1, 0, what == op::not_equal};
  if (low <= high) {
    out.low = static_cast<std::uint64_t>(low);
    out.high = static_cast<std::uint64_t>(high);
  }
  return out;
}

struct condition::part {
  enum class kind : std::uint8_t {
    constant, range, members, null, table, chain, negation, sought, tied, each
  };
  kind how = kind::each;
  bool negated = false;                 ///< members: not in; null: is not null
  truth fixed = truth::unknown;         ///< constant; chain: what decides
  std::uint16_t slot = 0;
  code_range range;
  std::vector<bool> members;            ///< by code
  by_code<std::uint8_t, 0xff> truths;
  formula f;                            ///< table, each
  const policy::tie* tie = nullptr;     ///< tied, or table: of whether it is met
  std::vector<std::uint16_t> slots;     ///< sought: where
  std::shared_ptr<const search_words> words;
  std::vector<part> parts;
  std::vector<std::uint8_t> room;

  truth at_code(frame& in, std::uint64_t code) {
    if (tie) return in.met(*tie, in.column(slot).decoded(code)) ? truth::yes : truth::no;
    return truth_of(in.evaluate(slot, code, f));
  }
};

/// Finds for each part of an expression how it is decided.
class condition::compiler {
 public:
  compiler(frame& in, const formula& whole, std::size_t expected_rows)
      : in_(in), whole_(whole), rows_(expected_rows) {}

  part compile(expr::node_id at) {
    part out;
    const expr::node& n = whole_.what->at(at);
    if (n.what == op::literal) {
      out.how = part::kind::constant;
      out.fixed = truth_of(n.content);
      return out;
    }
    if (n.what == op::column) return tied(whole_.ties[n.index]);
    if (of_codes(n, out)) return out;
    if (!whole_.ties.empty() && is_chain(n.what)) return chain(n);
    const std::vector<std::uint32_t> reads = paths_in(*whole_.what, at);
    const auto slot = in_.hangs_on(reads, whole_.sources);
    if (slot && by_code<std::uint8_t, 0xff>::fits(in_.column(*slot), rows_)) {
      out.how = part::kind::table;
      out.f = formula(whole_, at);
      out.slot = *slot;
      in_.rely_on(*slot);
      out.truths.fill(in_.column(*slot), rows_, [&](std::uint64_t code) {
        return static_cast<std::uint8_t>(out.at_code(in_, code));
      });
      return out;
    }
    if (is_chain(n.what)) return chain(n);
    if (searches(n, out)) return out;
    out.f = formula(whole_, at);
    return out;
  }

 private:
  frame& in_;
  const formula& whole_;
  std::size_t rows_;

  static bool is_chain(op what) noexcept {
    return what == op::logical_not || what == op::logical_and || what == op::logical_or;
  }
  part chain(const expr::node& n) {
    part out;
    out.how = n.what == op::logical_not ? part::kind::negation : part::kind::chain;
    out.fixed = n.what == op::logical_or ? truth::yes : truth::no;
    for (expr::node_id child : n.children) out.parts.push_back(compile(child));
    return out;
  }
  /// Whether other records let this one be seen, found out once for each of them.
  part tied(const policy::tie& t) {
    part out;
    out.how = part::kind::constant;
    out.fixed = truth::no;  // a column without content
    if (t.here >= in_.root()->slots()) return out;
    out.how = part::kind::tied;
    out.tie = &t;
    out.slot = t.here;
    in_.rely_on(t.here);
    if (!by_code<std::uint8_t, 0xff>::fits(in_.column(t.here), rows_)) return out;
    out.how = part::kind::table;
    out.truths.fill(in_.column(t.here), rows_, [&](std::uint64_t code) {
      return static_cast<std::uint8_t>(out.at_code(in_, code));
    });
    return out;
  }

  /// A constant that is looked for in texts of the root: these are looked at where they are.
  bool searches(const expr::node& n, part& out) {
    if (n.what != op::call || n.fn != expr::function::search || !in_.text()) return false;
    const expr::node& typed = whole_.what->at(n.children[0]);
    if (typed.what != op::literal || typed.content.type() != value_type::text) return false;
    std::vector<std::uint16_t> slots;
    for (std::size_t i = 1; i < n.children.size(); ++i) {
      const auto slot = root_column(n.children[i]);
      if (!slot || in_.column(*slot).type().base != value_type::text) return false;
      slots.push_back(*slot);
    }
    out.words = in_.text()->look_for(typed.content.as_text());
    if (!out.words) return false;
    for (const std::uint16_t slot : slots) in_.rely_on(slot);
    out.how = part::kind::sought;
    out.slots = std::move(slots);
    return true;
  }

  /// The slot of a path that is a column of the root.
  std::optional<std::uint16_t> root_column(expr::node_id at) const {
    const expr::node& n = whole_.what->at(at);
    if (n.what != op::path) return std::nullopt;
    const path_source& p = whole_.sources[n.index];
    if (p.join != 0 || p.slot >= in_.root()->slots()) return std::nullopt;
    return p.slot;
  }

  bool of_codes(const expr::node& n, part& out) {
    if (n.what == op::is_null || n.what == op::is_not_null) {
      const auto slot = root_column(n.children[0]);
      if (!slot) return false;
      out.how = part::kind::null;
      out.negated = n.what == op::is_not_null;
      out.slot = *slot;
      return true;
    }
    if (is_comparison(n.what)) return compares(n, out);
    if (n.what == op::in || n.what == op::not_in) return lists(n, out);
    return false;
  }

  bool compares(const expr::node& n, part& out) {
    expr::node_id column = n.children[0], literal = n.children[1];
    op what = n.what;
    if (whole_.what->at(column).what == op::literal) {
      std::swap(column, literal);
      what = mirrored(what);
    }
    const auto slot = root_column(column);
    const expr::node& beside = whole_.what->at(literal);
    if (!slot || beside.what != op::literal) return false;
    const auto range = range_of(in_.column(*slot), what, beside.content);
    if (!range) return false;
    out.how = part::kind::range;
    out.slot = *slot;
    out.range = *range;
    in_.rely_on(*slot);
    return true;
  }

  bool lists(const expr::node& n, part& out) {
    const auto slot = root_column(n.children[0]);
    if (!slot) return false;
    const cells& column = in_.column(*slot);
    if (column.kept_as() == cells::form::arena || !column.rising()) return false;
    if (!by_code<std::uint8_t, 0xff>::fits(column, 16 * rows_)) return false;
    for (std::size_t i = 1; i < n.children.size(); ++i) {
      const expr::node& member = whole_.what->at(n.children[i]);
      if (member.what != op::literal) return false;
    }
    out.members.assign(column.code_limit(), false);
    for (std::size_t i = 1; i < n.children.size(); ++i) {
      const auto range = range_of(column, op::equal, whole_.what->at(n.children[i]).content);
      if (!range) return false;
      if (range->low <= range->high && range->low < out.members.size())
        out.members[range->low] = true;
    }
    out.how = part::kind::members;
    out.negated = n.what == op::not_in;
    out.slot = *slot;
    in_.rely_on(*slot);
    return true;
  }
};

condition::condition(frame& in, formula f, std::size_t expected_rows, bool failing_is_no)
    : whole_(std::move(f)), failing_is_no_(failing_is_no) {
  top_ = std::make_unique<part>(
      compiler(in, whole_, expected_rows).compile(whole_.what->root));
}
condition::condition(condition&&) noexcept = default;
condition& condition::operator=(condition&&) noexcept = default;
condition::~condition() = default;

namespace {

void decide_range(const code_range& in, const cells& of, const selection& rows,
                  std::uint8_t* into) {
  for_codes(of, rows, [&, low = in.low, high = in.high, others = in.others](std::size_t i,
                                                                         auto code) {
    using code_type = decltype(code);
    // In the column's own width, so that a loop over bytes stays one.
    constexpr std::uint64_t most = std::numeric_limits<code_type>::max();
    const auto from = static_cast<code_type>(std::min(low, most));
    const auto to = static_cast<code_type>(std::min(high, most));
    const bool inside = low <= most && code >= from && code <= to;
    const auto said = static_cast<std::uint8_t>(inside != others);
    into[i] = code == 0 ? byte(truth::unknown) : said;
  });
}

}  // namespace

void condition::look_for(const part& p, frame& in, const selection& rows, std::uint8_t* into) {
  std::vector<std::string_view> texts;
  for (std::size_t i = 0; i < rows.count; ++i) {
    texts.clear();
    for (const std::uint16_t slot : p.slots) {
      const cells& of = in.column(slot);
      if (const std::uint64_t code = of.code(rows.at(i)); code != 0) texts.push_back(of.text(code));
    }
    into[i] = byte(p.words->relevance(texts) > 0 ? truth::yes : truth::no);
  }
}

void condition::decide(part& p, frame& in, const selection& rows, std::uint8_t* into) {
  switch (p.how) {
    case part::kind::constant: std::fill_n(into, rows.count, byte(p.fixed)); return;
    case part::kind::range: return decide_range(p.range, in.column(p.slot), rows, into);
    case part::kind::null:
      return for_codes(in.column(p.slot), rows,
                       [into, wanted = !p.negated](std::size_t i, auto code) {
                         into[i] = static_cast<std::uint8_t>((code == 0) == wanted);
                       });
    case part::kind::members:
      return for_codes(in.column(p.slot), rows, [&](std::size_t i, auto code) {
        const bool there = code < p.members.size() && p.members[code];
        into[i] = code == 0 ? byte(truth::unknown)
                            : static_cast<std::uint8_t>(there != p.negated);
      });
    case part::kind::table: {
      const cells& of = in.column(p.slot);
      p.truths.meet(of, rows, [&](std::uint64_t code) {
        return static_cast<std::uint8_t>(p.at_code(in, code));
      });
      return for_codes(of, rows, [into, table = p.truths.entries()](std::size_t i, auto code) {
        into[i] = table[code];
      });
    }
    case part::kind::negation:
      decide(p.parts[0], in, rows, into);
      for (std::size_t i = 0; i < rows.count; ++i)
        into[i] = into[i] < 2 ? static_cast<std::uint8_t>(into[i] ^ 1) : into[i];
      return;
    case part::kind::chain:
      p.room.resize(rows.count);
      decide(p.parts[0], in, rows, into);
      for (std::size_t next = 1; next < p.parts.size(); ++next) {
        decide(p.parts[next], in, rows, p.room.data());
        for (std::size_t i = 0; i < rows.count; ++i)
          into[i] = joined(into[i], p.room[i], p.fixed);
      }
      return;
    case part::kind::sought: return look_for(p, in, rows, into);
    case part::kind::tied:
      for (std::size_t i = 0; i < rows.count; ++i)
        into[i] = byte(in.met(*p.tie, in.column(p.slot).at(rows.at(i))) ? truth::yes : truth::no);
      return;
    case part::kind::each:
      for (std::size_t i = 0; i < rows.count; ++i)
        into[i] = byte(truth_of(in.try_evaluate({rows.at(i), nullptr}, p.f)));
      return;
  }
}

void condition::decide(frame& in, const selection& rows, std::uint8_t* into) {
  decide(*top_, in, rows, into);
  if (failing_is_no_) return;
  if (std::find(into, into + rows.count, byte(truth::failed)) != into + rows.count) in.fail();
}

std::size_t condition::keep(frame& in, const selection& rows, row_number* into) {
  truths_.resize(rows.count);
  decide(in, rows, truths_.data());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    into[kept] = rows.at(i);
    kept += truths_[i] == byte(truth::yes);
  }
  return kept;
}

bool condition::holds(frame& in, const root_row& at) {
  const truth t = truth_of(in.try_evaluate(at, whole_));
  if (t == truth::failed && !failing_is_no_) in.fail();
  return t == truth::yes;
}

namespace {

bool node_can_fail(const expr::expression& e, const expr::node& n, const text_services* text) {
  if (n.what >= op::add && n.what <= op::negate) return true;
  if (n.what == op::like || n.what == op::not_like) return !text;
  if (n.what == op::subselect || n.what == op::aggregate) return true;
  if (n.what != op::call) return false;
  if (n.calendar) return true;  // it may not define the fiscal year
  switch (n.fn) {
    case expr::function::lower:
    case expr::function::upper: return !text;
    case expr::function::search:
    case expr::function::relevance: return !text || !text->look_for({});
    case expr::function::length:
    case expr::function::concat:
    case expr::function::year:
    case expr::function::quarter:
    case expr::function::month:
    case expr::function::day:
    case expr::function::weekday:
    case expr::function::period:
    case expr::function::date:
    case expr::function::nullif: return false;
    case expr::function::bucket: return n.children.size() == 2;  // below the least number
    case expr::function::coalesce:
    case expr::function::if_:
      // Bringing a branch to the scale of the whole may overflow.
      return std::any_of(n.children.begin(), n.children.end(), [&](expr::node_id child) {
        const expr::type& t = e.at(child).type;
        return n.type.base == value_type::decimal &&
               (t.base != value_type::decimal || t.scale != n.type.scale) &&
               t.base != value_type::null && t.base != value_type::boolean;
      });
    default: return true;
  }
}

}  // namespace

bool can_fail(const expr::expression& e, const text_services* text) {
  return std::any_of(e.nodes.begin(), e.nodes.end(), [&](const expr::node& n) {
    return node_can_fail(e, n, text);
  });
}

}  // namespace guanxi::query::columns
