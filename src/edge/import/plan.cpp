#include "edge/import/plan.hpp"

#include <algorithm>

namespace guanxi::edge {

namespace {

unexpected refused(errc code, const std::string& place, const std::string& what) {
  return unexpected(code, "the mapping at `" + place + "` " + what);
}

template <class T>
unexpected placed(result<T>& failed, const std::string& place) {
  failed.error().set_message("the mapping at `" + place +
                             "` cannot be used: " + std::string(failed.error().message()));
  return passed(failed);
}

class binder {
 public:
  binder(const mapping& m, import_plan& plan, const session& as)
      : mapping_(m), plan_(plan), session_(as) {}

  result<bound_table> table(const loaded_table& from) {
    table_ = &from;
    bound_table out;
    out.table = &from;
    for (const record_rule& rule : from.rule->records) {
      auto bound = record(rule, out);
      if (!bound) return passed(bound);
      out.rules.push_back(std::move(*bound));
    }
    return out;
  }

 private:
  result<bound_rule> record(const record_rule& rule, const bound_table& earlier) {
    bound_rule out;
    out.rule = &rule;
    // The session answers for what the acting user sees, so that no name tells of a hidden one.
    auto seen = session_.draft(rule.entity);
    if (!seen) return placed(seen, rule.place + ".entity");
    out.of = plan_.catalog->find(rule.entity);
    if (!rule.skip_if_blank.empty()) {
      auto column = table_->column(rule.skip_if_blank, rule.place + ".skip_if_blank");
      if (!column) return passed(column);
      out.skip_if_blank = *column;
    }
    bool own_currency = false, priced = false;
    for (const auto& [name, s] : rule.fields) {
      auto bound = field(*out.of, name, s, &earlier);
      if (!bound) return passed(bound);
      own_currency = own_currency || bound->field->slot == out.of->currency_slot();
      priced = priced || bound->field->type == schema::kind::money;
      out.fields.push_back(std::move(*bound));
    }
    if (priced && !own_currency && !mapping_.currency.empty())
      out.currency_slot = out.of->currency_slot();
    std::vector<const schema::field*> key;
    for (const std::string& name : rule.key) {
      const auto at = std::find_if(rule.fields.begin(), rule.fields.end(),
                                   [&](const auto& f) { return f.first == name; });
      out.key.push_back(static_cast<std::size_t>(at - rule.fields.begin()));
      key.push_back(out.fields[out.key.back()].field);
    }
    out.index = plan_.index_of(*out.of, std::move(key));
    return out;
  }

  result<bound_source> field(const schema::entity& of, const std::string& name, const source& s,
                             const bound_table* earlier) {
    auto f = visible(of, name, s.place);
    if (!f) return passed(f);
    bound_source out;
    out.rule = &s;
    out.field = *f;
    for (std::string_view name_of_column : s.columns()) {
      auto column = table_->column(name_of_column, s.place);
      if (!column) return passed(column);
      out.columns.push_back(*column);
    }
    if (auto ok = origin(s, out, earlier); !ok) return passed(ok);
    if (auto ok = fits(s, out); !ok) return passed(ok);
    if (!s.find.empty())
      if (auto ok = find(s, out, earlier); !ok) return passed(ok);
    if (!s.formula.empty()) {
      auto bound = formula(of, s.formula, s.place + ".expression");
      if (!bound) return passed(bound);
      out.formula = std::move(*bound);
    }
    if (!s.if_empty.empty()) {
      auto bound = formula(of, s.if_empty, s.place + ".if_empty");
      if (!bound) return passed(bound);
      out.if_empty = std::move(*bound);
    }
    return out;
  }

  /// A field as the acting user sees it: one that a query may name.
  result<const schema::field*> visible(const schema::entity& of, const std::string& name,
                                       const std::string& place) {
    if (name.find('"') != std::string::npos)
      return refused(errc::unknown_name, place, "names no field " + in_backticks(name));
    auto seen = session_.query("select \"" + name + "\" from " + std::string(of.name()) +
                               " limit 0");
    if (!seen) {
      seen.error().at_offset(-1);  // of a text that nobody wrote
      return placed(seen, place);
    }
    if (const schema::field* f = of.find(name)) return f;
    return refused(errc::unknown_name, place, "names no field " + in_backticks(name));
  }

  static result<void> origin(const source& s, bound_source& out, const bound_table* earlier) {
    if (s.what != source::kind::record) return {};
    const auto& rules = earlier->rules;
    const auto at = std::find_if(rules.begin(), rules.end(),
                                 [&](const bound_rule& r) { return r.rule->name == s.text; });
    out.record = static_cast<std::size_t>(at - rules.begin());
    if (out.field->target_entity == at->of) return {};
    return refused(errc::type_mismatch, s.place,
                   "gives `" + out.field->name + "` a record of `" + at->rule->entity +
                       "`, which it does not refer to");
  }

  static result<void> fits(const source& s, const bound_source& out) {
    const bool reference = out.field->type == schema::kind::reference;
    const bool number = out.field->type == schema::kind::integer ||
                        out.field->type == schema::kind::decimal ||
                        out.field->type == schema::kind::money;
    const bool time = out.field->type == schema::kind::date ||
                      out.field->type == schema::kind::instant;
    const bool text = s.what != source::kind::record && s.what != source::kind::expression;
    if (reference && text && s.find.empty())
      return refused(errc::invalid_argument, s.place,
                     "must say by which field the record for `" + out.field->name +
                         "` is found; give `find`");
    if (!reference && !s.find.empty())
      return refused(errc::type_mismatch, s.place,
                     "finds a record, but `" + out.field->name + "` is no reference");
    if (s.multiply && !number)
      return refused(errc::type_mismatch, s.place,
                     "multiplies, but `" + out.field->name + "` is no number");
    if (!s.date_format.empty() && !time)
      return refused(errc::type_mismatch, s.place,
                     "has a date format, but `" + out.field->name + "` is no date");
    return {};
  }

  result<void> find(const source& s, bound_source& out, const bound_table* earlier) {
    const schema::entity* target = out.field->target_entity;
    if (!target)
      return refused(errc::type_mismatch, s.place, "finds records of no entity");
    auto by = visible(*target, s.find, s.place + ".find");
    if (!by) return passed(by);
    std::vector<const schema::field*> key{*by};
    for (const auto& [name, further] : s.with) {
      auto bound = field(*target, name, further, earlier);
      if (!bound) return passed(bound);
      key.push_back(bound->field);
      out.with.push_back(std::move(*bound));
    }
    out.index = plan_.index_of(*target, std::move(key));
    return {};
  }

  result<std::unique_ptr<bound_formula>> formula(const schema::entity& of, const expr::tree& text,
                                                 const std::string& place) const {
    auto out = std::make_unique<bound_formula>(of);
    expr::scope in;
    in.paths = &out->paths;
    in.sees = [this](const schema::field& f) {
      const auto seen = session_.visible(f.of->name());
      return seen && (**seen)[f.slot];
    };
    auto bound = expr::bind(text, in);
    if (!bound) return placed(bound, place);
    out->body = expr::fold(std::move(*bound));
    return out;
  }

  const mapping& mapping_;
  import_plan& plan_;
  const session& session_;
  const loaded_table* table_ = nullptr;
};

}  // namespace

bool bound_table::makes(const schema::entity& of) const noexcept {
  return std::any_of(rules.begin(), rules.end(), [&](const bound_rule& r) { return r.of == &of; });
}

key_index* import_plan::index_of(const schema::entity& of,
                                 std::vector<const schema::field*> fields) {
  for (key_index& known : indexes)
    if (&known.of() == &of && known.fields() == fields) return &known;
  return &indexes.emplace_back(of, std::move(fields));
}

result<import_plan> import_plan::bind(const mapping& m, const std::vector<loaded_table>& tables,
                                      const session& as) {
  import_plan out;
  out.catalog = as.catalog();
  binder names(m, out, as);
  for (const loaded_table& table : tables) {
    auto bound = names.table(table);
    if (!bound) return passed(bound);
    out.tables.push_back(std::move(*bound));
  }
  return out;
}

}  // namespace guanxi::edge
