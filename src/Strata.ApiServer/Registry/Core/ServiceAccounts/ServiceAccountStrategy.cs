using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.ServiceAccounts;

/// <summary>Service accounts: the identities of pods. Everything in them is free text for others to resolve.</summary>
internal sealed class ServiceAccountStrategy : ResourceStrategy
{
    public override KindInfo Kind => ServiceAccount.Info;

    public override IReadOnlyList<string> ShortNames => ["sa"];

    public override bool ReturnsObjectOnDelete => true;
}
