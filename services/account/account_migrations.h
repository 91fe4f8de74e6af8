// The migrations of this folder, embedded by the build.
#ifndef COMITY_ACCOUNT_ACCOUNT_MIGRATIONS_H_
#define COMITY_ACCOUNT_ACCOUNT_MIGRATIONS_H_

#include <vector>

#include "services/runtime/storage/migrations.h"

namespace comity::account {

std::vector<storage::Migration> AccountMigrations();

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_ACCOUNT_MIGRATIONS_H_
