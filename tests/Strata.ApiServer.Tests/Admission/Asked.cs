using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Admission;

/// <summary>Builds admission requests.</summary>
internal static class Asked
{
    public static readonly UserIdentity Node1 = UserIdentity.Of("system:node:n1", UserIdentity.NodesGroup);

    public static AdmissionRequest Create(KindInfo kind, JsonObject? target, string subresource = "", string name = "", UserIdentity? user = null) =>
        Any(AdmissionOperation.Create, kind, target, null, subresource, name, user);

    public static AdmissionRequest Update(KindInfo kind, JsonObject target, JsonObject old, string subresource = "", UserIdentity? user = null) =>
        Any(AdmissionOperation.Update, kind, target, old, subresource, "", user);

    public static AdmissionRequest Delete(KindInfo kind, JsonObject old, UserIdentity? user = null) => Any(AdmissionOperation.Delete, kind, null, old, "", "", user);

    private static AdmissionRequest Any(
        AdmissionOperation operation, KindInfo kind, JsonObject? target, JsonObject? old, string subresource, string name, UserIdentity? user) => new()
        {
            Operation = operation,
            Kind = kind,
            Subresource = subresource,
            Namespace = kind.Namespaced ? (target ?? old)?.Namespace() is { Length: > 0 } given ? given : "shop" : "",
            Name = name.Length > 0 ? name : (target ?? old)?.Name() ?? "",
            User = user ?? UserIdentity.Of("jane"),
            Object = target,
            OldObject = old,
            Warn = static _ => { },
        };
}
