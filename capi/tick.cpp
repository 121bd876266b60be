// What is due.
#include "bodies.hpp"
#include "handles.hpp"

#include "guanxi/base/json.hpp"

namespace guanxi::capi::body {

namespace {

std::string told(const std::vector<tick_failure>& failures) {
  json out = json::make_array();
  for (const tick_failure& f : failures) {
    json one = json::make_object();
    one.members().emplace_back("timer", json::make_text(f.timer));
    one.members().emplace_back("entity", json::make_text(f.entity));
    one.members().emplace_back("record", json::make_text(std::to_string(f.record.value)));
    one.members().emplace_back("code", json::make_text(std::string(name(f.why.code()))));
    one.members().emplace_back("message", json::make_text(std::string(f.why.message())));
    out.items().push_back(std::move(one));
  }
  return out.dump();
}

}  // namespace

void tick(guanxi_tenant& tenant, const guanxi_tick_options& options, progress progress,
          guanxi_tick_report* report, guanxi_buffer* failures) {
  tick_options how;
  if (options.at_most < 0)
    refuse(errc::invalid_argument, "`at_most` is below 0; 0 stands for the default");
  if (options.at_most > 0) how.at_most = static_cast<std::size_t>(options.at_most);
  if (options.deadline_ms != 0) how.deadline_ms = options.deadline_ms;
  how.on_progress = std::move(progress);
  const tick_report done = tenant.content.tick(how).value();
  if (failures) failures->content = told(done.failures);
  if (!report) return;
  report->ran = done.ran;
  report->more = done.more;
  report->has_next = done.next.has_value();
  report->next = done.next ? done.next->microseconds : 0;
  report->failed = static_cast<std::int64_t>(done.failures.size());
}

}  // namespace guanxi::capi::body
