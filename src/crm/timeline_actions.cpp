// Timelines: everything that happened with a customer, a person, a deal, a lead or a ticket, in one
// call, the latest first. Each kind of event is one query under the acting user's rights, of which
// no more is read than a page has room for; what he may not see leaves no gap.
#include "actions.hpp"
#include "guanxi/crm/standard.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace guanxi::crm {

namespace {

using schema::kind;
using work::arguments;
using work::outcome;
using work::sight;

constexpr std::int64_t usual_page = 50, largest_page = 1000;

/// Which reference of a source leads to the record that a timeline is of.
struct link {
  std::string_view root, path;
};

/// One kind of event. Fields are paths from its entity; an event stands where `at` is.
struct source {
  std::string_view event, entity;
  std::string_view at, or_at;      ///< when it happened: the first of them that is not null
  std::string_view record, shown;  ///< the entity and the path of the record that it shows
  std::string_view title, detail, by;
  std::vector<link> links;
};

const std::vector<source>& sources() {
  static const std::vector<source> all = {
      {"activity", "activity", "done_at", "created_at", "activity", "id", "subject", "type",
       "owner",
       {{"account", "account"}, {"contact", "contact"}, {"opportunity", "opportunity"},
        {"lead", "lead"}, {"ticket", "ticket"}}},
      {"account_created", "account", "created_at", "", "account", "id", "name", "classification",
       "created_by", {{"account", "id"}}},
      {"contact_created", "contact", "created_at", "", "contact", "id", "name", "job_title",
       "created_by", {{"account", "account"}, {"contact", "id"}}},
      {"lead_created", "lead", "created_at", "", "lead", "id", "name", "source", "created_by",
       {{"account", "account"}, {"contact", "contact"}, {"opportunity", "opportunity"},
        {"lead", "id"}}},
      {"opportunity_created", "opportunity", "created_at", "", "opportunity", "id", "name",
       "source", "created_by",
       {{"account", "account"}, {"contact", "contact"}, {"opportunity", "id"}}},
      {"stage_entered", "stage_visit", "entered_at", "", "opportunity", "opportunity",
       "opportunity.name", "stage.name", "created_by",
       {{"account", "opportunity.account"}, {"contact", "opportunity.contact"},
        {"opportunity", "opportunity"}}},
      {"ticket_opened", "ticket", "opened_at", "created_at", "ticket", "id", "subject", "channel",
       "created_by", {{"account", "account"}, {"contact", "contact"}, {"ticket", "id"}}},
      {"ticket_resolved", "ticket", "resolved_at", "", "ticket", "id", "subject", "status", "owner",
       {{"account", "account"}, {"contact", "contact"}, {"ticket", "id"}}},
  };
  return all;
}

/// Where a page ends: an event, as `place` names it.
struct place {
  instant at;
  std::string event;
  id key;
};

/// "2026-01-05T09:00:00Z/activity/123".
std::string print(const place& p) {
  return p.at.to_string() + "/" + p.event + "/" + std::to_string(p.key.value);
}

result<place> place_from(std::string_view text) {
  const std::size_t first = text.find('/'), second = text.find('/', first + 1);
  if (second != std::string_view::npos) {
    place out;
    out.event = text.substr(first + 1, second - first - 1);
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + second + 1, end, out.key.value);
    const result<instant> at = instant::parse(text.substr(0, first));
    if (at && read.ec == std::errc() && read.ptr == end) {
      out.at = *at;
      return out;
    }
  }
  return unexpected(error(errc::invalid_argument, "`after` takes the `place` of an event of this "
                                                  "timeline, not " + in_backticks(text))
                        .in_field("after"));
}

struct event {
  place where;
  const source* of;
  value shown, title, detail, by;
};

bool before(const place& a, const place& b) {
  if (a.at != b.at) return a.at > b.at;
  if (a.event != b.event) return a.event < b.event;
  return a.key > b.key;
}

/// Whether each step of a path exists for the acting user.
bool sees(const sight& in, std::string_view entity, std::string_view path) {
  const schema::entity* of = in.catalog()->find(entity);
  for (std::size_t from = 0; of && from <= path.size();) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    const schema::field* f = of->find(path.substr(from, dot - from));
    if (!f || !in.sees(*f)) return false;
    of = f->target_entity;
    from = dot + 1;
    if (from > path.size()) return true;
  }
  return false;
}

class timeline {
 public:
  timeline(std::string_view root, const arguments& given, sight& in)
      : root_(root), given_(given), in_(in) {}

  result<std::vector<event>> page() {
    if (given_.has("after")) {
      result<place> from = place_from(given_["after"].as_text());
      if (!from) return passed(from);
      from_ = std::move(*from);
    }
    limit_ = given_["limit"].is_null() ? usual_page : given_["limit"].as_integer();
    if (limit_ < 1 || limit_ > largest_page)
      return unexpected(error(errc::invalid_argument, "`limit` must be 1 to " +
                                                          std::to_string(largest_page))
                            .in_field("limit"));
    for (const source& s : sources())
      for (const link& l : s.links)
        if (l.root == root_)
          if (auto ok = read(s, l.path); !ok) return passed(ok);
    std::sort(events_.begin(), events_.end(),
              [](const event& a, const event& b) { return before(a.where, b.where); });
    if (events_.size() > static_cast<std::size_t>(limit_))
      events_.erase(events_.begin() + limit_, events_.end());
    return std::move(events_);
  }

 private:
  bool visible(const source& s, std::string_view path) const {
    return !path.empty() && sees(in_, s.entity, path);
  }
  /// What happened when the user does not see it happened at no time that he may know.
  std::optional<std::string> moment(const source& s) const {
    if (!visible(s, s.at) || (!s.or_at.empty() && !visible(s, s.or_at))) return std::nullopt;
    if (s.or_at.empty()) return std::string(s.at);
    return "coalesce(" + std::string(s.at) + ", " + std::string(s.or_at) + ")";
  }
  std::string column(const source& s, std::string_view path) const {
    return visible(s, path) ? std::string(path) : "null";
  }
  /// Events of this kind that stand behind the end of the page before.
  std::string behind(const source& s, const std::string& at) const {
    if (!from_) return {};
    if (s.event < from_->event) return " and " + at + " < :at";
    if (s.event > from_->event) return " and " + at + " <= :at";
    return " and (" + at + " < :at or (" + at + " = :at and id < :id))";
  }

  result<void> read(const source& s, std::string_view path) {
    if (!in_.may(policy::action::read, s.entity) || !visible(s, path)) return {};
    const std::optional<std::string> at = moment(s);
    if (!at) return {};
    const std::string text =
        "select id, " + *at + " as moment, " + column(s, s.shown) + ", " + column(s, s.title) +
        ", " + column(s, s.detail) + ", " + column(s, s.by) + " from " + std::string(s.entity) +
        " with archived where " + std::string(path) + " = :record and " + *at + " is not null" +
        behind(s, *at) + " order by moment desc, id desc limit :most";
    std::vector<expr::parameter_value> with = {
        {.name = "record", .content = given_["record"]}, {.name = "most", .content = limit_}};
    if (from_) with.push_back({.name = "at", .content = from_->at});
    if (from_ && s.event == from_->event) with.push_back({.name = "id", .content = from_->key});
    result<query::rows> rows = in_.query(text, with);
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i)
      events_.push_back({{rows->at(i, 1).as_instant(), std::string(s.event),
                          rows->at(i, 0).as_id()},
                         &s, rows->at(i, 2), rows->at(i, 3), rows->at(i, 4), rows->at(i, 5)});
    return {};
  }

  std::string_view root_;
  const arguments& given_;
  sight& in_;
  std::optional<place> from_;
  std::int64_t limit_ = usual_page;
  std::vector<event> events_;
};

work::action timeline_of(std::string_view root) {
  const std::string entity(root);
  return {.name = entity + ".timeline",
          .label_en = "Timeline",
          .label_zh = "时间线",
          .entity = entity,
          .writes = false,
          .parameters = {{.name = "record", .type = kind::reference, .flags = schema::required,
                          .target = entity},
                         {.name = "limit", .type = kind::integer, .initial = "50"},
                         {.name = "after", .type = kind::text}},
          .results = {{.name = "at", .type = kind::instant},
                      {.name = "event", .type = kind::text},
                      {.name = "entity", .type = kind::text},
                      {.name = "record", .type = kind::reference},
                      {.name = "title", .type = kind::text},
                      {.name = "detail", .type = kind::text},
                      {.name = "user", .type = kind::reference, .target = "user"},
                      {.name = "place", .type = kind::text}},
          .run = [entity](const arguments& given, sight& in, outcome& out) -> result<void> {
            if (auto seen = in.get(entity, given.reference("record")); !seen) return passed(seen);
            result<std::vector<event>> page = timeline(entity, given, in).page();
            if (!page) return passed(page);
            for (event& e : *page)
              out.answer({value(e.where.at), value(e.of->event), value(e.of->record),
                          std::move(e.shown), std::move(e.title), std::move(e.detail),
                          std::move(e.by), value(print(e.where))});
            return {};
          }};
}

}  // namespace

std::vector<work::action> timeline_actions() {
  std::vector<work::action> out;
  for (const char* root : {"account", "contact", "opportunity", "lead", "ticket"})
    out.push_back(timeline_of(root));
  return out;
}

}  // namespace guanxi::crm
