// Memory that runs out when a test says so.
//
//   scarce_memory::fail_after(3, true);   // three allocations go well, no other does
//
// Thread rule: each thread has its own scarcity.
#pragma once

namespace scarce_memory {

/// The allocation after `allocations` fails; with `for_good`, all after it too.
void fail_after(long allocations, bool for_good);
void fail_never();

}  // namespace scarce_memory
