// Tickets and what was promised about them. Rules: deadline = start + business time (target + time
// on hold); a policy binds the tickets that are made while it is active, so a new version binds new
// ones only; calendars by precedence: the target's, the policy's, the ticket's; a paused ticket has
// no deadline of resolution, and what it was paused is added when it goes on; resolution time =
// elapsed less on hold, cleared by reopening and left by closing; a complaint is closed after it
// was followed up.
#include "effects.hpp"
#include "guanxi/base/working_time.hpp"
#include "guanxi/crm/standard.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace guanxi::crm {

namespace {

using work::change;
using work::output;
using work::reads;
using work::write_class;

constexpr std::int64_t a_minute = 60 * microseconds_per_second;

using text = std::optional<std::string_view>;

bool is_done(const text& status) { return status == "resolved" || status == "closed"; }
bool is_paused(const text& status) { return status == "pending"; }

text status_before(const change& c) { return c.before ? (*c.before)[ticket::status] : text(); }

/// When it was resolved, when it was closed; the caller's times count before these.
work::effect stamps() {
  return {.name = "ticket.stamps",
          .entity = "ticket",
          .fields = {"status"},
          .as = write_class::initial,
          .writes = {"resolved_at", "first_responded_at"},
          .run = [](const change& c, const reads&, output& out) {
            const text now = (*c.after)[ticket::status], before = status_before(c);
            if (is_done(now) && !is_done(before)) out.set(ticket::resolved_at = c.now);
            if (!is_done(now) && is_done(before)) out.set(ticket::resolved_at = nullptr);
            // Whoever takes it up has answered; one that comes in worked upon was answered then.
            if (!now || now == "new" || (*c.after)[ticket::first_responded_at]) return;
            if (before == "new") out.set(ticket::first_responded_at = c.now);
            if (!c.before)
              out.set(ticket::first_responded_at =
                          (*c.after)[ticket::opened_at].value_or(c.now));
          }};
}

work::effect closing() {
  return {.name = "ticket.closing",
          .entity = "ticket",
          .fields = {"status", "type", "followed_up_at"},
          .as = write_class::derived,
          .writes = {"closed_at"},
          .run = [](const change& c, const reads&, output& out) {
            const schema::record& now = *c.after;
            const bool closed = now[ticket::status] == "closed";
            if (closed && now[ticket::type] == "complaint" && !now[ticket::followed_up_at])
              return out.refuse(error(errc::validation,
                                      "a complaint is closed after its follow-up; set "
                                      "`followed_up_at`, or leave it resolved")
                                    .in_entity("ticket")
                                    .in_field("followed_up_at"));
            if (!closed) out.set(ticket::closed_at = nullptr);
            else if (status_before(c) != "closed") out.set(ticket::closed_at = c.now);
          }};
}

/// What a policy promises for a ticket.
struct promise {
  std::optional<std::int64_t> first_response, resolution;  ///< microseconds
  std::int64_t warn = 0;
  id hours_id;
  working_hours_ptr hours;
};

constexpr std::int64_t longest = 10 * 366 * 24 * 60;  // minutes that may be promised

std::optional<std::int64_t> minutes(const value& v) {
  if (v.is_null()) return std::nullopt;
  return std::clamp<std::int64_t>(v.as_integer(), 0, longest) * a_minute;
}

id reference(const value& v) { return v.is_null() ? id{} : v.as_id(); }

/// One computation of a ticket's clocks.
class clocks {
 public:
  clocks(const change& c, const reads& in, output& out)
      : c_(c), now_(*c.after), in_(in), out_(out) {}

  void run() {
    id policy, policy_hours;
    if (c_.before) {
      policy = now_[ticket::sla_policy].value_or(id{});
      if (!in_.queries[2].empty()) policy_hours = reference(in_.queries[2].at(0, 0));
    } else if (!in_.met[0].empty()) {
      policy = reference(in_.met[0].at(0, 1));
      policy_hours = reference(in_.met[0].at(0, 2));
    }
    if (!policy) return;
    result<promise> of = promised(policy, policy_hours);
    if (!of) return out_.refuse(of.error());
    out_.set(ticket::sla_policy = policy);
    if (of->hours_id) out_.set(ticket::sla_hours = of->hours_id);
    else out_.set(ticket::sla_hours = nullptr);
    if (auto ok = set(*of); !ok) out_.refuse(ok.error());
  }

 private:
  /// The target for the ticket's priority, or that for any.
  result<promise> promised(id policy, id policy_hours) const {
    promise out;
    const query::rows& targets = in_.queries[0];
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (targets.at(i, 0) != value(policy)) continue;
      const value priority = targets.at(i, 1);
      const auto own = now_[ticket::priority];
      if (priority.is_null() ? !best : own && priority.as_text() == *own) best = i;
      if (best == i && !priority.is_null()) break;
    }
    id hours = policy_hours;
    if (best) {
      out.first_response = minutes(targets.at(*best, 2));
      out.resolution = minutes(targets.at(*best, 3));
      out.warn = minutes(targets.at(*best, 4)).value_or(0);
      if (const id own = reference(targets.at(*best, 5))) hours = own;
    }
    out.hours_id = hours ? hours : now_[ticket::business_hours].value_or(id{});
    out.hours = always_open();
    const query::rows& all = in_.queries[1];
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all.at(i, 0) != value(out.hours_id)) continue;
      result<working_hours_settings> read = working_hours_settings::parse(all.at(i, 1).as_text());
      if (!read) return passed(read);
      result<working_hours_ptr> made = make_working_hours(*read, *c_.zones);
      if (!made) return passed(made);
      out.hours = std::move(*made);
    }
    return out;
  }

  result<void> set(const promise& of) {
    const instant start = now_[ticket::sla_started_at].value_or(
        now_[ticket::opened_at].value_or(c_.now));
    out_.set(ticket::sla_started_at = start);
    result<std::int64_t> held = hold(of);
    if (!held) return passed(held);
    if (auto ok = deadline(of, start, of.first_response, 0, ticket::first_response_due_at,
                           ticket::first_response_warn_at);
        !ok)
      return ok;
    const bool paused = is_paused(now_[ticket::status]);
    const auto target = paused ? std::nullopt : of.resolution;
    if (auto ok = deadline(of, start, target, *held, ticket::resolution_due_at,
                           ticket::resolution_warn_at);
        !ok)
      return ok;
    return measure(of, start, *held);
  }

  /// Keeps the time on hold; gives it, in microseconds.
  result<std::int64_t> hold(const promise& of) {
    std::int64_t held = now_[ticket::hold_seconds].value_or(0) * microseconds_per_second;
    const bool paused = is_paused(now_[ticket::status]);
    const auto since = now_[ticket::hold_since];
    if (paused && !since) out_.set(ticket::hold_since = c_.now);
    if (!paused && since) {
      result<std::int64_t> more = of.hours->between(*since, c_.now);
      if (!more) return more;
      // Whole seconds, so that what is kept is what is added.
      held += *more / microseconds_per_second * microseconds_per_second;
      out_.set(ticket::hold_since = nullptr);
      out_.set(ticket::hold_seconds = held / microseconds_per_second);
    }
    return held;
  }

  result<void> deadline(const promise& of, instant start, std::optional<std::int64_t> target,
                        std::int64_t held, const schema::handle<instant>& due,
                        const schema::handle<instant>& warn) {
    if (!target) {
      out_.set(due = nullptr);
      out_.set(warn = nullptr);
      return {};
    }
    result<instant> at = of.hours->add(start, *target + held);
    if (!at) return passed(at);
    out_.set(due = *at);
    if (of.warn <= 0 || of.warn >= *target) {
      out_.set(warn = nullptr);
      return {};
    }
    result<instant> early = of.hours->add(start, *target + held - of.warn);
    if (!early) return passed(early);
    out_.set(warn = *early);
    return {};
  }

  /// How long it took, once it is resolved.
  result<void> measure(const promise& of, instant start, std::int64_t held) {
    const text now = now_[ticket::status], before = status_before(c_);
    if (!is_done(now)) {
      out_.set(ticket::resolution_seconds = nullptr);
      return {};
    }
    if (is_done(before)) return {};
    result<std::int64_t> elapsed =
        of.hours->between(start, now_[ticket::resolved_at].value_or(c_.now));
    if (!elapsed) return passed(elapsed);
    out_.set(ticket::resolution_seconds =
                 std::max<std::int64_t>(0, *elapsed - held) / microseconds_per_second);
    return {};
  }

  const change& c_;
  const schema::record& now_;
  const reads& in_;
  output& out_;
};

work::effect service_level() {
  return {.name = "ticket.service_level",
          .entity = "ticket",
          .fields = {"status", "priority", "business_hours", "resolved_at"},
          .when = [](const change& c) {
            return !c.before || (*c.after)[ticket::sla_policy].has_value();
          },
          .as = write_class::derived,
          .queries = {"select policy, priority, first_response_minutes, resolution_minutes, "
                      "warn_minutes, business_hours from sla_target with archived order by policy, "
                      "id",
                      "select id, content from business_hours with archived",
                      "select business_hours from sla_policy with archived "
                      "where id = :before.sla_policy"},
          .conditions = {"select criteria, id, business_hours from sla_policy where active "
                         "order by position, id"},
          .writes = {"sla_policy", "sla_hours", "sla_started_at", "first_response_due_at",
                     "first_response_warn_at", "resolution_due_at", "resolution_warn_at",
                     "hold_since", "hold_seconds", "resolution_seconds"},
          .after = {"ticket.stamps"},
          .run = [](const change& c, const reads& in, output& out) { clocks(c, in, out).run(); }};
}

/// How a promise stands: what was done is measured, what is open is for the timers to find late.
void stand(const change& c, output& out, const schema::handle<instant>& due,
           const schema::handle<std::string_view>& state, const std::optional<instant>& done) {
  const auto at = (*c.after)[due];
  const text was = (*c.after)[state];
  if (done && at) {
    // What a timer has told at the very moment stays told.
    const bool met = *done < *at || (*done == *at && was != "violated");
    out.set(state = met ? std::string_view("met") : std::string_view("violated"));
    return;
  }
  // Before a deadline that has moved, it is open again; what was told late is not told twice.
  const bool moved = !c.before || (*c.before)[due] != at;
  const bool again = moved && at && (was != "violated" || *at > c.now);
  if (at && (again || !was || was == "met")) out.set(state = std::string_view("open"));
  if (!at && !is_paused((*c.after)[ticket::status]) && was) out.set(state = nullptr);
}

work::effect standing() {
  return {.name = "ticket.standing",
          .entity = "ticket",
          .fields = {"status", "first_responded_at", "resolved_at", "first_response_due_at",
                     "resolution_due_at"},
          .when = [](const change& c) { return (*c.after)[ticket::sla_policy].has_value(); },
          .writes = {"first_response_state", "resolution_state"},
          .after = {"ticket.service_level", "ticket.stamps"},
          .run = [](const change& c, const reads&, output& out) {
            const schema::record& now = *c.after;
            stand(c, out, ticket::first_response_due_at, ticket::first_response_state,
                  now[ticket::first_responded_at]);
            stand(c, out, ticket::resolution_due_at, ticket::resolution_state,
                  is_done(now[ticket::status]) ? now[ticket::resolved_at]
                                               : std::optional<instant>());
          }};
}

/// Hours that cannot be read would stop every ticket.
work::effect readable_hours() {
  return {.name = "business_hours.readable",
          .entity = "business_hours",
          .fields = {"content"},
          .run = [](const change& c, const reads&, output& out) {
            const text content = (*c.after)[business_hours::content];
            if (!content) return;
            result<working_hours_settings> read = working_hours_settings::parse(*content);
            if (read) {
              result<working_hours_ptr> made = make_working_hours(*read, *c.zones);
              if (made) return;
              return out.refuse(
                  made.error().in_entity("business_hours").in_field("content"));
            }
            out.refuse(read.error().in_entity("business_hours").in_field("content"));
          }};
}

work::effect readable_policy() {
  return {.name = "sla_policy.readable",
          .entity = "sla_policy",
          .fields = {"criteria"},
          .run = [](const change& c, const reads&, output& out) {
            const text criteria = (*c.after)[sla_policy::criteria];
            if (!criteria || criteria->empty()) return;
            const schema::entity& tickets = *c.after->catalog()->find("ticket");
            if (auto ok = work::check_condition(*criteria, tickets); !ok)
              out.refuse(ok.error().in_entity("sla_policy").in_field("criteria"));
          }};
}

/// Minutes that make sense.
work::effect possible_target() {
  return {.name = "sla_target.possible",
          .entity = "sla_target",
          .run = [](const change& c, const reads&, output& out) {
            const auto check = [&](const schema::handle<std::int64_t>& field, std::int64_t least) {
              const auto given = (*c.after)[field];
              if (!given || (*given >= least && *given <= longest)) return;
              out.refuse(error(errc::validation, "`" + std::string(field.name()) + "` must be " +
                                                     std::to_string(least) + " to " +
                                                     std::to_string(longest) + " minutes")
                             .in_entity("sla_target")
                             .in_field(field.name()));
            };
            check(sla_target::first_response_minutes, 1);
            check(sla_target::resolution_minutes, 1);
            check(sla_target::warn_minutes, 0);
          }};
}

error promised_already() {
  return error(errc::validation, "tickets were promised what this policy says; make a new version "
                                 "of it (`sla_policy.new_version`), and change that");
}

/// Rule: a new version binds new tickets only, so what tickets were promised stays.
work::effect kept_hours() {
  return {.name = "sla_policy.kept",
          .entity = "sla_policy",
          .on = work::updated,
          .fields = {"business_hours"},
          .queries = {"select id from ticket with archived where sla_policy = :id limit 1"},
          .run = [](const change&, const reads& in, output& out) {
            if (!in.queries[0].empty())
              out.refuse(
                  promised_already().in_entity("sla_policy").in_field("business_hours"));
          }};
}

work::effect kept_target() {
  return {.name = "sla_target.kept",
          .entity = "sla_target",
          .on = work::created | work::updated | work::removed,
          .queries = {"select id from ticket with archived where sla_policy = :policy limit 1"},
          .run = [](const change&, const reads& in, output& out) {
            if (!in.queries[0].empty()) out.refuse(promised_already().in_entity("sla_target"));
          }};
}

}  // namespace

std::vector<work::effect> ticket_effects() {
  return {stamps(),          closing(),         service_level(), standing(),   readable_hours(),
          readable_policy(), possible_target(), kept_hours(),    kept_target()};
}

}  // namespace guanxi::crm
