using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission;

/// <summary>A write on its way to the store, as admission plug-ins see it. One instance per attempt; not thread-safe.</summary>
internal sealed class AdmissionRequest
{
    public required AdmissionOperation Operation { get; init; }

    /// <summary>The kind of the resource in the path, also when a subresource takes another kind.</summary>
    public required KindInfo Kind { get; init; }

    /// <summary>For example <c>status</c> or <c>binding</c>; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Empty for cluster-scoped kinds.</summary>
    public required string Namespace { get; init; }

    /// <summary>Empty on creation when the name is yet to be generated.</summary>
    public required string Name { get; init; }

    public required UserIdentity User { get; init; }

    /// <summary>The object as it will be stored; plug-ins change it in <see cref="IAdmissionPlugin.MutateAsync"/> only. Null on deletion.</summary>
    public JsonObject? Object { get; init; }

    /// <summary>The stored object on update and deletion; read-only.</summary>
    public JsonObject? OldObject { get; init; }

    /// <summary>Nothing will be stored: a plug-in must not leave effects behind.</summary>
    public bool DryRun { get; init; }

    /// <summary>What a plug-in has taken for this write in <see cref="IAdmissionPlugin.ValidateAsync"/>; ended by the registry when the outcome of the write is known. Only the
    /// last plug-in may set it, since the refusal of a later one would leave it open.</summary>
    public WriteReservation? Held { get; set; }

    /// <summary>Shown to the user as a header <c>Warning</c>; kubectl prints it.</summary>
    public required Action<string> Warn { get; init; }
}
