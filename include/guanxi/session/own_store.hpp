// A tenant on a store of the host's own, and the kit that tells whether the store is right.
//
//   tenant crm = open(std::make_unique<my_store>()).value();      // my_store: store::host
//   auto report = store::check_host(maker).value();               // report.faults are sentences
//
// Ownership: the tenant takes the store, and gives it up when the last of its handles goes.
#pragma once

#include "guanxi/session/session.hpp"
#include "guanxi/store/check.hpp"
#include "guanxi/store/host.hpp"

#include <memory>

namespace guanxi {

/// Opens what the host keeps, or makes a CRM of an empty store. What the store answers is checked;
/// see store::host for what it must and what it may do.
result<tenant> open(std::unique_ptr<store::host> own, const open_options& options = {});

}  // namespace guanxi
