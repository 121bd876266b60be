// Leads become accounts, contacts and opportunities. Rules: a conversion needs Edit on the lead and
// Create on what it makes; all duplicates come back before anything is written, unless the caller
// wants them; fields of the same name and kind are copied, then those of the mapping; the owner is
// copied to all; what exists already is only filled where it is blank, and an opt-out never; the
// close date is the last day of the fiscal quarter; activities move along; the lead is read-only
// afterwards, and is converted once.
#include "actions.hpp"
#include "guanxi/crm/standard.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace guanxi::crm {

namespace {

using schema::kind;
using work::arguments;
using work::outcome;
using work::sight;

constexpr std::int64_t most_activities = 10'000;
constexpr std::int64_t most_matches = 50;

/// Fields of a lead that say where it stands, and nothing about the customer.
bool stays_behind(std::string_view field) {
  constexpr std::string_view those[] = {"name",    "company",     "status",  "score",
                                        "received_on", "converted_on", "account", "contact",
                                        "opportunity", "last_activity_at"};
  return std::find(std::begin(those), std::end(those), field) != std::end(those);
}

/// A value on its way from the lead to a field of what it becomes.
struct mapped {
  const schema::field* from;
  const schema::field* to;
  value content;
};

bool same_kind(const schema::field& a, const schema::field& b) {
  if (a.type != b.type) return false;
  return a.type != kind::reference || a.target_entity == b.target_entity;
}

/// What a conversion reads once, and what it makes of it.
class conversion {
 public:
  conversion(const schema::record& stored, sight& in) : lead_(stored), in_(in) {}

  /// The values that a target gets, in the order of its fields. Errors: errc::validation for a
  /// mapping that names no field or fields of two kinds.
  result<std::vector<mapped>> values_for(std::string_view target) {
    const schema::entity& to = *in_.catalog()->find(target);
    std::vector<mapped> out;
    for (const schema::field& f : lead_.of().fields())
      if (!f.system && !stays_behind(f.name))
        if (const schema::field* same = to.find(f.name); same && same_kind(f, *same))
          add(out, f, *same);
    if (target == "account") add(out, field("company"), *to.find("name"));
    if (target == "contact") add(out, field("name"), *to.find("name"));
    if (auto ok = add_mappings(out, to); !ok) return passed(ok);
    return out;
  }

 private:
  const schema::field& field(std::string_view name) const { return *lead_.of().find(name); }

  /// A later value for the same field takes the place of an earlier one.
  void add(std::vector<mapped>& to, const schema::field& from, const schema::field& field) {
    const value& v = lead_.at(from.slot);
    if (v.is_null() || !schema::settable(field)) return;
    if (field.type == kind::choice && !field.has_choice(v.as_text())) return;
    // What the user does not see on the lead he must not come to see elsewhere.
    if (in_.sees(field) && !in_.sees(from)) return;
    for (mapped& m : to)
      if (m.to == &field) {
        m = {&from, &field, v};
        return;
      }
    to.push_back({&from, &field, v});
  }

  result<void> add_mappings(std::vector<mapped>& out, const schema::entity& to) {
    result<query::rows> rows = in_.query_all(
        "select lead_field, target_field from conversion_mapping where target = :target "
        "order by id",
        {{.name = "target", .content = value(to.name())}});
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const value from = rows->at(i, 0), into = rows->at(i, 1);
      const schema::field* a = lead_.of().find(from.as_text());
      const schema::field* b = to.find(into.as_text());
      if (!a || !b || !same_kind(*a, *b))
        return unexpected(error(errc::validation,
                                "the conversion mapping from `lead." + std::string(from.as_text()) +
                                    "` to `" + std::string(to.name()) + "." +
                                    std::string(into.as_text()) +
                                    "` does not name two fields of one kind; mend or delete it")
                              .in_entity("conversion_mapping"));
      add(out, *a, *b);
    }
    return {};
  }

  const schema::record& lead_;
  sight& in_;
};

value mapped_to(const std::vector<mapped>& all, std::string_view field) {
  for (const mapped& m : all)
    if (m.to->name == field) return m.content;
  return {};
}

struct match {
  std::string entity;
  id record;
  std::string title, field;
};

/// Records of one entity that have a value already, within the acting user's sight.
result<void> find_matches(sight& in, std::string_view entity, std::string_view field,
                          const value& sought, std::vector<match>& out) {
  const schema::entity& of = *in.catalog()->find(entity);
  const schema::field& f = *of.find(field);
  if (sought.is_null() || !in.may(policy::action::read, entity) || !in.sees(f)) return {};
  const bool text = f.type == kind::text;
  const std::string name = "\"" + f.name + "\"";
  const bool titled = in.sees(of.at(of.title_slot()));
  result<query::rows> rows = in.query(
      "select id, " + (titled ? "\"" + of.at(of.title_slot()).name + "\"" : std::string("null")) +
          " as title from \"" + std::string(entity) + "\" where " +
          (text ? "lower(" + name + ") = lower(:sought)" : name + " = :sought") +
          " order by id limit :most",
      {{.name = "sought", .content = sought}, {.name = "most", .content = most_matches}});
  if (!rows) return passed(rows);
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const id key = rows->at(i, 0).as_id();
    const bool known = std::any_of(out.begin(), out.end(), [&](const match& m) {
      return m.record == key && m.entity == entity;
    });
    if (!known)
      out.push_back({std::string(entity), key,
                     rows->at(i, 1).is_null() ? "" : rows->at(i, 1).to_string(), f.name});
  }
  return {};
}

/// What is there already of what a target would become: by unique fields first, then by what
/// identifies a customer to people.
result<void> matches_for(sight& in, std::string_view entity, const std::vector<mapped>& values,
                         std::vector<match>& out) {
  for (const mapped& m : values)
    if (m.to->has(schema::unique))
      if (auto ok = find_matches(in, entity, m.to->name, m.content, out); !ok) return ok;
  const std::string_view by = entity == "account" ? "name" : entity == "contact" ? "email" : "";
  if (by.empty()) return {};
  return find_matches(in, entity, by, mapped_to(values, by), out);
}

error already_there(const std::vector<match>& all) {
  const auto one = [](const match& m) {
    return error(errc::duplicate, "there is the `" + m.entity + "` " + in_backticks(m.title) +
                                      " with the same `" + m.field + "`")
        .in_entity(m.entity)
        .in_field(m.field)
        .of_record(m.record.value);
  };
  error out = one(all.front());
  out.set_message(std::string(out.message()) +
                  (all.size() > 1 ? " (and " + std::to_string(all.size() - 1) + " more)" : "") +
                  "; convert into what exists, or set `allow_duplicates`");
  for (std::size_t i = 1; i < all.size(); ++i) out.add_other(one(all[i]));
  return out;
}

/// The lead, on system sight, once the acting user may convert it.
result<schema::record> lead_to_convert(const arguments& given, sight& in) {
  const id key = given.reference("lead");
  if (auto ok = in.need(policy::action::edit, "lead", key); !ok) return passed(ok);
  result<schema::record> r = in.get_all("lead", key);
  if (!r) return r;
  if ((*r)[lead::status] == "converted")
    return unexpected(error(errc::validation, "this `lead` is converted already, and that happens "
                                              "once")
                          .in_entity("lead")
                          .in_field("status")
                          .of_record(key.value));
  return r;
}

result<void> find_all_matches(conversion& from, sight& in, bool account, bool contact,
                              bool opportunity, std::vector<match>& out) {
  const std::pair<std::string_view, bool> targets[] = {
      {"account", account}, {"contact", contact}, {"opportunity", opportunity}};
  for (const auto& [name, wanted] : targets) {
    if (!wanted) continue;
    auto values = from.values_for(name);
    if (!values) return passed(values);
    if (auto ok = matches_for(in, name, *values, out); !ok) return ok;
  }
  return {};
}

result<void> matches(const arguments& given, sight& in, outcome& out) {
  result<schema::record> from = lead_to_convert(given, in);
  if (!from) return passed(from);
  conversion c(*from, in);
  std::vector<match> found;
  if (auto ok = find_all_matches(c, in, true, true, true, found); !ok) return ok;
  for (const match& m : found)
    out.answer({value(m.entity), value(m.record), m.title.empty() ? value() : value(m.title),
                value(m.field)});
  return {};
}

error at_argument(std::string_view name, std::string text) {
  return error(errc::validation, std::move(text)).in_entity("lead").in_field(name);
}

/// One conversion, from what it was given to its steps.
class converting {
 public:
  converting(const arguments& given, sight& in, outcome& out, const schema::record& from)
      : given_(given), in_(in), out_(out), lead_(from), values_(from, in) {}

  result<void> run() {
    if (auto ok = find_existing(); !ok) return ok;
    if (auto ok = check_rights(); !ok) return ok;
    if (!given_.holds("allow_duplicates")) {
      std::vector<match> found;
      if (auto ok = find_all_matches(values_, in_, makes_account_, !contact_, makes_deal_, found);
          !ok)
        return ok;
      if (!found.empty()) return unexpected(already_there(found));
    }
    if (auto ok = settle_account(); !ok) return ok;
    if (auto ok = settle_contact(); !ok) return ok;
    if (auto ok = settle_deal(); !ok) return ok;
    if (auto ok = move_activities(); !ok) return ok;
    close_lead();
    out_.answer({cell(account_, account_step_), cell(contact_, contact_step_),
                 cell(deal_, deal_step_)});
    return {};
  }

 private:
  static outcome::cell cell(id existing, const outcome::step* made) {
    if (made) return {*made};
    return existing ? outcome::cell(value(existing)) : outcome::cell(value());
  }

  /// What the caller names must be within sight and belong together.
  result<void> find_existing() {
    account_ = given_.reference("account");
    contact_ = given_.reference("contact");
    deal_ = given_.reference("opportunity");
    makes_deal_ = !deal_ && !given_.holds("without_opportunity");
    if (deal_ && given_.holds("without_opportunity"))
      return unexpected(at_argument("without_opportunity",
                                    "`opportunity` and `without_opportunity` exclude each other"));
    if (auto ok = belongs("contact", contact_, contact::account); !ok) return ok;
    if (auto ok = belongs("opportunity", deal_, opportunity::account); !ok) return ok;
    if (account_)
      if (auto seen = in_.get("account", account_); !seen) return passed(seen);
    // A person without a company needs no account.
    const auto company = lead_[lead::company];
    makes_account_ = !account_ && company && !company->empty();
    return {};
  }

  /// A contact or deal brings its account along, or has to be of the one that is named.
  result<void> belongs(std::string_view entity, id key, const schema::handle<id>& by) {
    if (!key) return {};
    result<schema::record> seen = in_.get(entity, key);
    if (!seen) return passed(seen);
    const id of = (*seen)[by].value_or(id{});
    if (of && account_ && of != account_)
      return unexpected(at_argument(entity, "this `" + std::string(entity) +
                                                "` belongs to another account; name that account, "
                                                "or none"));
    if (of) account_ = of;
    return {};
  }

  result<void> check_rights() const {
    const std::pair<std::string_view, bool> made[] = {
        {"account", makes_account_}, {"contact", !contact_}, {"opportunity", makes_deal_}};
    for (const auto& [entity, is_made] : made)
      if (is_made && !in_.may(policy::action::create, entity))
        return unexpected(error(errc::permission, "you may not create this `" +
                                                      std::string(entity) +
                                                      "`; name one that exists")
                              .in_entity(entity));
    return {};
  }

  /// A new record of the lead's owner.
  outcome::step& make(std::string_view entity, const std::vector<mapped>& values) {
    outcome::step& s = out_.create(entity, outcome::authority::action);
    for (const mapped& m : values) s.content.set_slot(m.to->slot, m.content);
    if (const auto owner = lead_[schema::system_field::owner])
      s.content.set(schema::system_field::owner = *owner);
    return s;
  }

  /// Fills what is blank on a record that exists, if the user may edit it.
  result<void> fill(std::string_view entity, id key, const std::vector<mapped>& values) {
    if (auto may = in_.need(policy::action::edit, entity, key); !may)
      return may.error().code() == errc::permission ? result<void>() : may;
    result<schema::record> stored = in_.get_all(entity, key);
    if (!stored) return passed(stored);
    outcome::step* s = nullptr;
    for (const mapped& m : values) {
      if (!stored->at(m.to->slot).is_null() || m.to->name == "email_opt_out") continue;
      if (!in_.edits(*m.to)) continue;
      if (!s) s = &out_.change(entity, key, outcome::authority::action);
      s->content.set_slot(m.to->slot, m.content);
    }
    return {};
  }

  result<void> settle_account() {
    if (!account_ && !makes_account_) return {};
    auto values = values_.values_for("account");
    if (!values) return passed(values);
    if (account_) return fill("account", account_, *values);
    account_step_ = &make("account", *values);
    return {};
  }

  result<void> settle_contact() {
    auto values = values_.values_for("contact");
    if (!values) return passed(values);
    if (contact_) return fill("contact", contact_, *values);
    contact_step_ = &make("contact", *values);
    join_account(*contact_step_, contact::account);
    return {};
  }

  void join_account(outcome::step& s, const schema::handle<id>& by) {
    if (account_step_) s.tie(by, *account_step_);
    else if (account_) s.content.set(by = account_);
  }

  void join_contact(outcome::step& s, const schema::handle<id>& by) {
    if (contact_step_) s.tie(by, *contact_step_);
    else if (contact_) s.content.set(by = contact_);
  }

  result<void> settle_deal() {
    if (!deal_ && !makes_deal_) return {};
    auto values = values_.values_for("opportunity");
    if (!values) return passed(values);
    if (deal_) return fill("opportunity", deal_, *values);
    result<id> stage = first_stage();
    if (!stage) return passed(stage);
    result<date> closes = close_date();
    if (!closes) return passed(closes);
    if (auto ok = check_given_fields(); !ok) return ok;
    deal_step_ = &make("opportunity", *values);
    schema::draft& d = deal_step_->content;
    d.set(opportunity::name = deal_name()).set(opportunity::stage = *stage);
    d.set(opportunity::close_date = *closes);
    d.set(opportunity::opened_on = in_.days().local_date(in_.now()));
    if (given_.has("amount")) d.set("amount", given_["amount"]);
    if (given_.has("currency")) d.set("currency", given_["currency"]);
    join_account(*deal_step_, opportunity::account);
    join_contact(*deal_step_, opportunity::contact);
    return {};
  }

  /// What the caller says of the deal himself needs his right to those fields.
  result<void> check_given_fields() const {
    const schema::entity& deal = *in_.catalog()->find("opportunity");
    for (const char* name : {"amount", "currency", "close_date", "stage"}) {
      const schema::field* f = deal.find(name);
      if (given_.has(name) && !in_.edits(*f))
        return unexpected(in_.sees(*f)
                              ? error(errc::permission, "you may not edit `" + f->name +
                                                            "` on `opportunity`; leave it out")
                                    .in_field(name)
                              : error(errc::unknown_name, "no field `" + f->name +
                                                              "` on `opportunity`")
                                    .in_field(name));
    }
    return {};
  }

  std::string_view deal_name() const {
    if (given_.has("opportunity_name")) return given_["opportunity_name"].as_text();
    const auto company = lead_[lead::company];
    return company && !company->empty() ? *company : lead_[lead::name].value_or("");
  }

  /// The stage that was asked for, or the first open one of the pipeline, or of the first pipeline.
  result<id> first_stage() {
    const id asked = given_.reference("stage");
    const id pipeline = given_.reference("pipeline");
    result<query::rows> found = in_.query_all(
        "select id from stage where is_open and (:stage is null or id = :stage) and "
        "(:pipeline is null or pipeline = :pipeline) order by pipeline, position, id limit 1",
        {{.name = "stage", .content = asked ? value(asked) : value()},
         {.name = "pipeline", .content = pipeline ? value(pipeline) : value()}});
    if (!found) return passed(found);
    if (!found->empty()) return found->at(0, 0).as_id();
    if (asked)
      return unexpected(at_argument("stage", "the `stage` is not an open one" +
                                                 std::string(pipeline ? " of that pipeline" : "")));
    return unexpected(at_argument("pipeline", "there is no open stage that a deal could begin in; "
                                              "make one, or convert `without_opportunity`"));
  }

  result<date> close_date() const {
    if (given_.has("close_date")) return given_["close_date"].as_date();
    const date today = in_.days().local_date(in_.now());
    result<date_span> quarter = in_.days().span(calendar_unit::fiscal_quarter, today, 0, 1);
    if (!quarter) return passed(quarter);
    return date{quarter->to.days - 1};
  }

  /// What was done and what is planned goes on with the deal, else with the account.
  result<void> move_activities() {
    result<query::rows> all = in_.query_all(
        "select id, account, contact, opportunity from activity where lead = :lead order by id "
        "limit :most",
        {{.name = "lead", .content = value(lead_.key())},
         {.name = "most", .content = most_activities + 1}});
    if (!all) return passed(all);
    if (all->size() > static_cast<std::size_t>(most_activities))
      return unexpected(errc::limit, "the `lead` has more than " +
                                         std::to_string(most_activities) + " activities");
    for (std::size_t i = 0; i < all->size(); ++i) {
      outcome::step& s =
          out_.change("activity", all->at(i, 0).as_id(), outcome::authority::action);
      if (all->at(i, 1).is_null()) join_account(s, activity::account);
      if (all->at(i, 2).is_null()) join_contact(s, activity::contact);
      if (!all->at(i, 3).is_null()) continue;
      if (deal_step_) s.tie(activity::opportunity, *deal_step_);
      else if (deal_) s.content.set(activity::opportunity = deal_);
    }
    return {};
  }

  void close_lead() {
    outcome::step& s = out_.change("lead", lead_.key(), outcome::authority::action);
    s.content.set(lead::status = "converted");
    s.content.set(lead::converted_on = in_.days().local_date(in_.now()));
    join_account(s, lead::account);
    join_contact(s, lead::contact);
    if (deal_step_) s.tie(lead::opportunity, *deal_step_);
    else if (deal_) s.content.set(lead::opportunity = deal_);
    if (given_.has("expected_revision"))
      s.expected_revision = given_["expected_revision"].as_integer();
  }

  const arguments& given_;
  sight& in_;
  outcome& out_;
  const schema::record& lead_;
  conversion values_;
  id account_, contact_, deal_;  ///< what exists already
  bool makes_account_ = false, makes_deal_ = false;
  outcome::step *account_step_ = nullptr, *contact_step_ = nullptr, *deal_step_ = nullptr;
};

result<void> convert(const arguments& given, sight& in, outcome& out) {
  result<schema::record> from = lead_to_convert(given, in);
  if (!from) return passed(from);
  return converting(given, in, out, *from).run();
}

schema::field_definition reference_to(std::string_view name, std::string_view entity,
                                      std::uint32_t flags = schema::no_flags) {
  return {.name = std::string(name), .type = kind::reference, .flags = flags,
          .target = std::string(entity)};
}

work::action convert_row() {
  return {.name = "lead.convert",
          .label_en = "Convert a lead",
          .label_zh = "转化线索",
          .entity = "lead",
          .needs = policy::action::edit,
          .parameters = {reference_to("lead", "lead", schema::required),
                         reference_to("account", "account"),
                         reference_to("contact", "contact"),
                         reference_to("opportunity", "opportunity"),
                         {.name = "without_opportunity", .type = kind::boolean,
                          .initial = "false"},
                         {.name = "opportunity_name", .type = kind::text},
                         reference_to("pipeline", "pipeline"),
                         reference_to("stage", "stage"),
                         {.name = "close_date", .type = kind::date},
                         {.name = "amount", .type = kind::decimal},
                         {.name = "currency", .type = kind::text},
                         {.name = "allow_duplicates", .type = kind::boolean, .initial = "false"},
                         {.name = "expected_revision", .type = kind::integer}},
          .results = {reference_to("account", "account"), reference_to("contact", "contact"),
                      reference_to("opportunity", "opportunity")},
          .run = convert};
}

work::action matches_row() {
  return {.name = "lead.matches",
          .label_en = "What a lead's conversion would double",
          .label_zh = "线索转化查重",
          .entity = "lead",
          .needs = policy::action::edit,
          .writes = false,
          .parameters = {reference_to("lead", "lead", schema::required)},
          .results = {{.name = "entity", .type = kind::text},
                      {.name = "record", .type = kind::reference},
                      {.name = "title", .type = kind::text},
                      {.name = "field", .type = kind::text}},
          .run = matches};
}

}  // namespace

std::vector<work::action> lead_actions() { return {convert_row(), matches_row()}; }

}  // namespace guanxi::crm
