// The migrations of this folder, embedded by the build.
#ifndef COMITY_SUPPORT_SUPPORT_MIGRATIONS_H_
#define COMITY_SUPPORT_SUPPORT_MIGRATIONS_H_

#include <vector>

#include "services/runtime/storage/migrations.h"

namespace comity::support {

std::vector<storage::Migration> SupportMigrations();

}  // namespace comity::support

#endif  // COMITY_SUPPORT_SUPPORT_MIGRATIONS_H_
