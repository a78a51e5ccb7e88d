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

    /// <summary>What webhooks are told instead of <see cref="Operation"/>, for subresources that are stored as a change of another object.</summary>
    public AdmissionOperation ReviewOperation => Reviewed?.Operation ?? Operation;

    /// <summary>Kind of the object that webhooks are shown, where it is not <see cref="Kind"/>.</summary>
    public KindInfo? ReviewKind => Reviewed?.Kind;

    /// <summary>The object that webhooks are shown, where it is not <see cref="Object"/>.</summary>
    public JsonObject? ReviewObject => Reviewed?.Object;

    /// <summary>What the client sent, where that is not the object that is written; null otherwise.</summary>
    public ReviewedPart? Reviewed { get; init; }

    /// <summary>Whether the mutations run for the second time.</summary>
    public bool IsReinvocation { get; set; }

    /// <summary>Set by a plug-in after whose change the others must look again.</summary>
    public bool NeedsReinvocation { get; set; }

    /// <summary>Webhooks that were asked and want to be asked again after changes: configuration and name.</summary>
    public HashSet<(string Configuration, string Name)> AskedWebhooks => field ??= [];

    /// <summary>Those of them after which there was a change.</summary>
    public HashSet<(string Configuration, string Name)> WebhooksToRepeat => field ??= [];

    /// <summary>The object as the webhooks left it; null when they changed nothing.</summary>
    public JsonNode? AfterWebhooks { get; set; }
}
