// What a vendor asks of the schema, taken inside a transaction: the records are asked whether it
// fits them, the driver takes the steps, the definitions are stored anew.
#include "guanxi/store/store.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace guanxi::store {

namespace {

using schema::step;

/// Records of an entity, deleted ones too, in pages.
result<void> each_record(driver& of, const schema::catalog_ptr& catalog, const schema::entity& e,
                         const std::function<result<void>(const schema::record&)>& visit) {
  constexpr std::size_t page = 1000;
  id after;
  for (std::size_t got = page; got == page;) {
    got = 0;
    const auto each = [&](const schema::record& r) -> result<bool> {
      ++got;
      after = r.key();
      if (auto ok = visit(r); !ok) return passed(ok);
      return true;
    };
    if (auto ok = of.scan(catalog, e, after, page, view::writing, each); !ok) return ok;
  }
  return {};
}

error about(errc code, std::string why, const step& s) {
  return error(code, std::move(why)).in_entity(s.entity).in_field(s.field);
}

/// Whether every value keeps its worth in its new form.
result<void> check_converted(const step& s, const schema::record& r, const value& v) {
  const bool whole = v.type() == value_type::integer;
  const auto next = whole ? rescaled(v.as_integer(), 0, s.after.scale)
                          : rescaled(v.as_decimal().coefficient, s.before.scale, s.after.scale);
  if (next) return {};
  return unexpected(about(errc::overflow, "`" + s.field + "` of record " +
                                              std::to_string(r.key().value) + " of `" + s.entity +
                                              "` is " + v.to_string() + ", which does not fit a "
                                              "scale of " + std::to_string(s.after.scale) +
                                              "; nothing was changed", s)
                        .of_record(r.key().value));
}

/// Counts the records that a step concerns and refuses those that it does not fit.
class examination {
 public:
  examination(const step& s, std::uint16_t slot) : step_(s), slot_(slot) {
    if (s.what != step::kind::redefine_field) return;
    for (const schema::choice_definition& c : s.after.choices) codes_.emplace(c.code, id{});
  }
  result<void> see(const schema::record& r) {
    if (step_.what == step::kind::drop_entity) {
      concerned_ += r.deleted() ? 0 : 1;
      return {};
    }
    const value& v = r.at(slot_);
    if (step_.what == step::kind::convert_field) {
      if (v.is_null()) return {};
      ++concerned_;
      return check_converted(step_, r, v);
    }
    if (r.deleted()) return {};
    if (step_.what == step::kind::drop_field) concerned_ += v.is_null() ? 0 : 1;
    if (step_.what == step::kind::index_field) return see_indexed(r, v);
    if (step_.what == step::kind::redefine_field) see_redefined(v);
    return {};
  }
  result<std::int64_t> done() const {
    if (empty_ > 0)
      return unexpected(about(errc::validation,
                              counted(empty_) + (empty_ == 1 ? " has" : " have") + " no `" +
                                  step_.field + "`; fill it before it is made required",
                              step_));
    if (strange_ > 0)
      return unexpected(about(errc::validation,
                              counted(strange_) + (strange_ == 1 ? " has" : " have") + " a `" +
                                  step_.field + "` that is no choice any more, such as " +
                                  in_backticks(example_) + "; change them first",
                              step_));
    return concerned_;
  }

 private:
  result<void> see_indexed(const schema::record& r, const value& v) {
    if (v.is_null()) return {};
    ++concerned_;
    const auto set = [&](const schema::field_definition& d) {
      return (d.flags & schema::unique) != 0;
    };
    if (!set(step_.after) || set(step_.before)) return {};
    const auto [first, fresh] = codes_.emplace(v.to_string(), r.key());
    if (fresh) return {};
    return unexpected(about(errc::duplicate, "records " + std::to_string(first->second.value) +
                                                 " and " + std::to_string(r.key().value) + " of `" +
                                                 step_.entity + "` have the same `" + step_.field +
                                                 "`; change one before it is made unique", step_)
                          .of_record(r.key().value));
  }
  std::string counted(std::int64_t n) const {
    return std::to_string(n) + (n == 1 ? " record" : " records") + " of `" + step_.entity + "`";
  }
  void see_redefined(const value& v) {
    const bool required = (step_.after.flags & schema::required) != 0;
    if (v.is_null()) {
      empty_ += required ? 1 : 0;
      return;
    }
    ++concerned_;
    if (step_.after.type != schema::kind::choice || codes_.contains(std::string(v.as_text())))
      return;
    if (strange_++ == 0) example_ = v.as_text();
  }

  const step& step_;
  std::uint16_t slot_;
  std::int64_t concerned_ = 0, empty_ = 0, strange_ = 0;
  std::string example_;
  std::unordered_map<std::string, id> codes_;  ///< choices, or the values seen so far
};

bool looks_at_records(const step& s) {
  switch (s.what) {
    case step::kind::add_entity:
    case step::kind::add_field:
    case step::kind::rename_entity:
    case step::kind::rename_field: return false;
    default: return true;
  }
}

/// Steps that add what the next catalog has more than the last, after those that were asked for.
void add_new_fields(const schema::catalog& from, const schema::catalog& to,
                    std::vector<step>& steps) {
  for (const auto& is : to.entities()) {
    const schema::entity* was = from.find(is->name());
    if (!was) continue;
    for (const schema::field& f : is->fields())
      if (!was->find(f.name))
        steps.push_back({step::kind::add_field, std::string(is->name()), f.slot, f.name});
  }
}

}  // namespace

result<std::vector<taken_step>> store::reshape(transaction& in, const schema::request& asked) {
  result<schema::catalog_ptr> from = in.next_ ? result<schema::catalog_ptr>(in.next_)
                                              : stored_catalog();
  if (!from) return passed(from);
  result<schema::reshaping> next = schema::reshaped(**from, asked);
  if (!next) return passed(next);
  result<schema::catalog_ptr> to = compile(next->definitions);
  if (!to) return passed(to);
  if (asked.what == schema::request::kind::define) add_new_fields(**from, **to, next->steps);
  std::vector<taken_step> out;
  std::vector<step> stored;
  for (const step& s : next->steps) {
    const bool adds = s.what == step::kind::add_entity || s.what == step::kind::add_field;
    if (s.what != step::kind::redefine_field) {
      if (!adds && !driver_->reshapes())
        return unexpected(about(errc::unsupported,
                                "this store only adds to its schema, and this " +
                                    schema::in_words(s) + "; nothing was changed",
                                s));
      stored.push_back(s);
    }
    out.push_back({s, 0});
    const schema::entity* was = (*from)->find(s.entity);
    if (!was || !looks_at_records(s)) continue;
    const schema::field* f = was->find(s.field);
    examination exam(s, f ? f->slot : std::uint16_t{0});
    auto seen = each_record(*driver_, *from, *was,
                            [&](const schema::record& r) { return exam.see(r); });
    if (!seen) return passed(seen);
    result<std::int64_t> concerned = exam.done();
    if (!concerned) return passed(concerned);
    out.back().records = *concerned;
  }
  if (!stored.empty())
    if (auto ok = driver_->migrate(**to, stored); !ok) return passed(ok);
  in.catalog_ = *to;
  if (auto ok = store_definitions(in, **from, *to); !ok) return passed(ok);
  if (auto ok = check_defaults(**to); !ok) return passed(ok);
  in.next_ = *to;
  return out;
}

/// Stores the definitions that are new or others.
result<void> store::store_definitions(transaction& in, const schema::catalog& from,
                                      const schema::catalog_ptr& to) {
  const schema::entity& table = *to->find("gx_definition");
  for (const auto& e : to->entities()) {
    const bool known = e->number() < from.entities().size();
    if (known && from.entities()[e->number()]->definition() == e->definition()) continue;
    schema::record r(to, table);
    r.set(schema::system_slot::id, id{e->number() + 1});
    r.set(table.find("name")->slot, e->name());
    r.set(table.find("content")->slot, schema::to_json(e->definition()));
    if (auto ok = in.put(r, known ? 1 : 0); !ok) return ok;
  }
  return {};
}

}  // namespace guanxi::store
