// The conformance kit over the C functions of a store.
#include "bodies.hpp"
#include "handles.hpp"
#include "own_store.hpp"
#include "values.hpp"

namespace guanxi::capi::body {
namespace {

std::string lines_of(const std::vector<std::string>& from) {
  std::string out;
  for (const std::string& line : from) out += (out.empty() ? "" : "\n") + line;
  return out;
}

/// Makes stores as the host's callback says or, without one, gives the same one again and again.
store::host_maker maker_of(const guanxi_store& functions, void* self,
                           const guanxi_store_check_options& options) {
  return [=](store::opening how) -> result<std::unique_ptr<store::host>> {
    const bool again = how == store::opening::again;
    if (!options.make) {
      if (again) return unexpected(errc::unsupported, "no `make` was given");
      return std::make_unique<c_store>(functions, self);
    }
    void* made = nullptr;
    const std::int32_t code = options.make(options.make_user, again ? 1 : 0, &made);
    if (code != GUANXI_OK)
      return unexpected(static_cast<errc>(code), "`make` gave no store, but the code " +
                                                     std::to_string(code));
    auto out = std::make_unique<c_store>(functions, made);
    out->own();
    return out;
  };
}

}  // namespace

std::unique_ptr<guanxi_store_faults> store_check(const guanxi_store& store, void* self,
                                             const guanxi_store_check_options& options,
                                             progress progress) {
  const guanxi_store functions = checked_functions(store);
  store::check_options how;
  if (options.seed != 0) how.seed = options.seed;
  if (options.operations != 0) how.operations = options.operations;
  how.on_progress = std::move(progress);
  how.batches = "write_batch";
  how.always_fresh = options.make != nullptr;
  store::check_report report =
      store::check_host(maker_of(functions, self, options), how).value();
  auto out = std::make_unique<guanxi_store_faults>();
  for (store::store_fault& f : report.faults) {
    std::string steps = lines_of(f.steps);
    out->entries.push_back({std::move(f.function), std::move(f.text), std::move(steps),
                            std::move(f.found_by), f.seed});
  }
  out->skipped = lines_of(report.skipped);
  return out;
}

std::int32_t store_faults_count(const guanxi_store_faults& faults) {
  return count_of(faults.entries.size());
}

guanxi_store_fault store_faults_get(const guanxi_store_faults& faults, std::int32_t index) {
  const guanxi_store_faults::entry& found = element(faults.entries, index, "fault");
  guanxi_store_fault out = {};
  lend_text(found.function, out.function, out.function_length);
  lend_text(found.text, out.text, out.text_length);
  lend_text(found.steps, out.steps, out.steps_length);
  lend_text(found.found_by, out.found_by, out.found_by_length);
  out.seed = found.seed;
  return out;
}

std::string_view store_faults_skipped(const guanxi_store_faults& faults) { return faults.skipped; }

}  // namespace guanxi::capi::body
