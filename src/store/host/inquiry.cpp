#include "inquiry.hpp"

#include "guanxi/expr/emit_sql.hpp"
#include "guanxi/store/store.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace guanxi::store::host_row {

namespace {

using expr::op;

/// Rows that a store may be asked to sort at once; an order with a greater limit is the core's.
constexpr std::size_t most_sorted = 10'000;

/// The field that a path reads, if it is one of the root's own.
using fields_by_path = std::function<const schema::field*(std::uint32_t)>;

std::optional<comparison> comparison_of(op what, bool mirrored) {
  switch (what) {
    case op::equal: return comparison::equal;
    case op::not_equal: return comparison::not_equal;
    case op::less: return mirrored ? comparison::greater : comparison::less;
    case op::less_equal: return mirrored ? comparison::greater_equal : comparison::less_equal;
    case op::greater: return mirrored ? comparison::less : comparison::greater;
    case op::greater_equal: return mirrored ? comparison::less_equal : comparison::greater_equal;
    default: return std::nullopt;
  }
}

/// A literal as a value of the field's type and scale, if it is exactly one.
std::optional<value> constant_of(const schema::field& f, const value& v) {
  const value_type wanted = schema::stored_as(f.type);
  if (wanted == value_type::decimal) {
    if (!v.is_number() || !exact_at(v.number(), f.scale)) return std::nullopt;
    const result<decimal> scaled = rescale(v.number(), f.scale);
    return scaled ? std::optional<value>(*scaled) : std::nullopt;
  }
  if (wanted == value_type::reference && v.type() == value_type::integer)
    return value(id{v.as_integer()});
  return v.type() == wanted ? std::optional(v) : std::nullopt;
}

/// Reads conditions as terms, as far as they are simple.
class reader_of_terms {
 public:
  reader_of_terms(const expr::expression& e, const fields_by_path& fields,
                  const text_services* text)
      : e_(e), fields_(fields), text_(text) {}

  std::optional<term> read() const {
    const expr::node& n = e_.top();
    switch (n.what) {
      case op::path: return flag(n, true);
      case op::logical_not: return flag(child(n, 0), false);
      case op::is_null:
      case op::is_not_null: return existence(n);
      case op::in: return membership(n);
      case op::like: return beginning(n);
      default: return pair(n);
    }
  }

 private:
  const expr::expression& e_;
  const fields_by_path& fields_;
  const text_services* text_;

  const expr::node& child(const expr::node& of, std::size_t n) const {
    return e_.at(of.children[n]);
  }

  /// A node that is a field as it is stored: not one that the comparison takes at another scale.
  const schema::field* field(const expr::node& n) const {
    const schema::field* f = n.what == op::path ? fields_(n.index) : nullptr;
    if (!f || n.type.base != schema::stored_as(f->type)) return nullptr;
    return n.type.base != value_type::decimal || n.type.scale == f->scale ? f : nullptr;
  }

  std::optional<term> flag(const expr::node& n, bool wanted) const {
    const schema::field* f = field(n);
    if (!f || schema::stored_as(f->type) != value_type::boolean) return std::nullopt;
    return term{f, comparison::equal, {value(wanted)}};
  }

  std::optional<term> existence(const expr::node& n) const {
    const schema::field* f = field(child(n, 0));
    if (!f) return std::nullopt;
    return term{f, n.what == op::is_null ? comparison::is_null : comparison::is_not_null, {}};
  }

  std::optional<term> membership(const expr::node& n) const {
    const schema::field* f = field(child(n, 0));
    if (!f) return std::nullopt;
    term out{f, comparison::in, {}};
    for (std::size_t i = 1; i < n.children.size(); ++i) {
      if (child(n, i).what != op::literal) return std::nullopt;
      std::optional<value> member = constant_of(*f, child(n, i).content);
      if (!member) return std::nullopt;
      out.constants.push_back(std::move(*member));
    }
    return out;
  }

  /// `like 'x%'`: folding may bring forth the signs that stand for any text.
  std::optional<term> beginning(const expr::node& n) const {
    const schema::field* f = field(child(n, 0));
    const expr::node& pattern = child(n, 1);
    if (!f || !text_ || pattern.what != op::literal ||
        pattern.content.type() != value_type::text)
      return std::nullopt;
    std::string folded = text_->folded(pattern.content.as_text());
    if (!folded.ends_with('%')) return std::nullopt;
    folded.pop_back();
    if (folded.empty() || folded.find_first_of("%_\\") != std::string::npos) return std::nullopt;
    return term{f, comparison::starts_with, {value(std::move(folded))}};
  }

  std::optional<term> pair(const expr::node& n) const {
    if (n.children.size() != 2) return std::nullopt;
    const bool mirrored = child(n, 0).what == op::literal;
    const auto how = comparison_of(n.what, mirrored);
    const expr::node& constant = child(n, mirrored ? 0 : 1);
    const schema::field* f = field(child(n, mirrored ? 1 : 0));
    if (!how || !f || constant.what != op::literal) return std::nullopt;
    std::optional<value> v = constant_of(*f, constant.content);
    if (!v) return std::nullopt;
    return term{f, *how, {std::move(*v)}};
  }
};

/// Makes the request of a plan.
class asker {
 public:
  asker(const query::trimmed_plan& p, const text_services* text)
      : p_(p), what_(p.what()), text_(text), wanted_(what_.paths.root().slots()) {}

  inquiry run() {
    out_.of = &what_.paths.root();
    ask_standing();
    ask_rights();
    ask_filters();
    if (out_.complete) ask_limit();
    choose_columns();
    return std::move(out_);
  }

 private:
  const query::trimmed_plan& p_;
  const query::plan& what_;
  const text_services* text_;
  std::vector<bool> wanted_;  ///< by slot
  inquiry out_;

  void add(term t, std::size_t filter) {
    wanted_[t.of->slot] = true;
    out_.wanted.terms.push_back(std::move(t));
    out_.filter_of.push_back(filter);
  }

  void ask_standing() {
    using query::standing;
    namespace slot = schema::system_slot;
    out_.complete = !bare(*out_.of);
    if (!out_.complete || what_.standing == standing::all) return;
    const auto asked = [&](std::uint16_t at, bool there) {
      add({&out_.of->at(at), there ? comparison::is_not_null : comparison::is_null, {}},
          no_filter);
    };
    asked(slot::deletion_batch, what_.standing == standing::deleted);
    if (what_.standing == standing::current) asked(slot::archived, false);
    if (what_.standing == standing::archived) asked(slot::archived, true);
  }

  /// The simple ones among the conjuncts of a condition; whether that is all of them.
  bool ask_parts(const expr::expression& e, const fields_by_path& fields,
                 const text_services* text, std::size_t filter) {
    bool all = true;
    for (const expr::expression& part : expr::conjuncts(e)) {
      std::optional<term> t = reader_of_terms(part, fields, text).read();
      all = all && t.has_value();
      if (t) add(std::move(*t), filter);
    }
    return all;
  }

  void ask_rights() {
    const policy::reach& within = p_.guard(0);
    if (within.how_far != policy::reach::extent::some) return;
    for (const expr::bound_path& path : within.paths->entries()) wanted_[path.last().slot] = true;
    for (const policy::tie& t : within.ties) wanted_[t.here] = true;
    const auto fields = [&](std::uint32_t path) -> const schema::field* {
      const auto entries = within.paths->entries();
      return path < entries.size() ? &out_.of->at(entries[path].last().slot) : nullptr;
    };
    // A reach is asked without text services, and `like` reaches nothing there.
    out_.complete = ask_parts(within.filter, fields, nullptr, no_filter) && out_.complete;
  }

  void ask_filters() {
    const auto fields = [&](std::uint32_t path) { return field_of(path); };
    for (std::size_t i = 0; i < what_.filters.size(); ++i) {
      out_.all_said.push_back(ask_parts(what_.filters[i], fields, text_, i));
      out_.complete = out_.complete && out_.all_said.back();
    }
  }

  const schema::field* field_of(std::uint32_t path) const {
    if (path >= what_.sources.size() || what_.sources[path].join != 0) return nullptr;
    return &out_.of->at(what_.sources[path].slot);
  }

  /// Order and limit, where they cut rows of the root and nothing else does before.
  void ask_limit() {
    const auto lacks = [](const expr::expression& e) { return expr::may_lack(e); };
    const bool cuts = what_.limit && !what_.grouped && what_.per.empty() &&
                      what_.windows.empty() &&
                      std::none_of(what_.outputs.begin(), what_.outputs.end(), lacks);
    if (!cuts) return;
    const std::int64_t skip = what_.offset.value_or(0);
    if (*what_.limit > static_cast<std::int64_t>(most_sorted) ||
        skip > static_cast<std::int64_t>(most_sorted))
      return;
    std::vector<sort_key> keys;
    for (const query::order_key& k : what_.order) {
      const expr::node& n = k.by.top();
      const schema::field* f = n.what == op::path ? field_of(n.index) : nullptr;
      if (!f) return;
      wanted_[f->slot] = true;
      // Rising ids are what ends every order; nothing behind an id matters.
      const bool by_id = f->slot == schema::system_slot::id;
      if (!by_id || k.descending) keys.push_back({f, k.descending, k.nulls_first});
      if (by_id) break;
    }
    out_.wanted.sort = std::move(keys);
    out_.wanted.limit = std::max<std::size_t>(static_cast<std::size_t>(*what_.limit + skip), 1);
  }

  void choose_columns() {
    namespace slot = schema::system_slot;
    for (std::uint16_t at : {slot::id, slot::revision}) wanted_[at] = true;
    if (!bare(*out_.of)) wanted_[slot::deletion_batch] = wanted_[slot::archived] = true;
    for (const query::path_source& s : what_.sources)
      if (s.join == 0) wanted_[s.slot] = true;
    for (std::size_t j = 1; j < what_.joins.size(); ++j)
      if (what_.joins[j].parent == 0) wanted_[what_.joins[j].via->slot] = true;
    for (std::size_t at = 0; at < wanted_.size(); ++at)
      if (wanted_[at]) out_.wanted.columns.push_back(static_cast<std::uint16_t>(at));
  }
};

}  // namespace

bool goes_by_children(const policy::reach& r) {
  return std::any_of(r.ties.begin(), r.ties.end(), [](const policy::tie& t) {
    return !t.to_parent() || goes_by_children(*t.within);
  });
}

inquiry inquiry_for(const query::trimmed_plan& p, const text_services* text) {
  return asker(p, text).run();
}

std::vector<query::verdict> verdicts_of_filters(const inquiry& a, const plan_answer& said) {
  using query::verdict;
  std::vector<verdict> out(a.all_said.size(), verdict::unsupported);
  std::vector<bool> exact(out.size(), true);
  for (std::size_t t = 0; t < a.filter_of.size(); ++t) {
    const std::size_t filter = a.filter_of[t];
    if (filter == no_filter) continue;
    if (said.terms[t] != verdict::unsupported) out[filter] = verdict::prune;
    exact[filter] = exact[filter] && said.terms[t] == verdict::exact;
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i] == verdict::prune && exact[i] && a.all_said[i]) out[i] = verdict::exact;
  return out;
}

taken to_execute(const inquiry& a, const plan_answer& said) {
  using query::verdict;
  taken out;
  bool exact = a.complete;
  for (std::size_t t = 0; t < said.terms.size(); ++t) {
    exact = exact && said.terms[t] == verdict::exact;
    if (said.terms[t] == verdict::unsupported) continue;
    out.what.terms.push_back(a.wanted.terms[t]);
    out.exact.push_back(said.terms[t] == verdict::exact);
  }
  const bool sorts = a.wanted.sort.empty() || said.sort;
  if (exact && sorts && a.wanted.limit > 0) {
    out.what.sort = a.wanted.sort;
    out.what.limit = a.wanted.limit;
  }
  out.what.columns = a.wanted.columns;
  return out;
}

}  // namespace guanxi::store::host_row
