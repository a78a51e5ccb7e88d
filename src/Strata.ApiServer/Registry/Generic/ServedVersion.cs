using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>A version in which a kind is served besides the one in which it is stored. What clients send is converted before anything else looks at it, what they get is
/// converted last: rules, storage and memory know the stored version alone. Conversions may ask others (a webhook), so they take time and whole lists.</summary>
internal abstract class ServedVersion
{
    /// <summary>Group, version and kind as clients of this version know it.</summary>
    public abstract KindInfo Kind { get; }

    /// <summary>Kind, columns and cells of this version; nothing else of it is asked.</summary>
    public abstract ResourceStrategy Printer { get; }

    /// <summary>Rules of this version that the stored one does not have.</summary>
    public virtual void ValidateCreate(JsonObject served, FieldErrors errors)
    {
    }

    /// <summary>Name of a selectable field in the stored version; null when this version has no such field.</summary>
    public virtual string? StoredField(string field) => field;

    /// <summary>Converts what a client sent; may change and return it.</summary>
    /// <exception cref="ApiException">It cannot be converted.</exception>
    public abstract ValueTask<JsonObject> ToStoredAsync(JsonObject served, CancellationToken cancellationToken);

    /// <summary>Converts stored objects, in their order; may change and return them.</summary>
    public abstract ValueTask<IReadOnlyList<JsonObject>> FromStoredAsync(IReadOnlyList<JsonObject> stored, CancellationToken cancellationToken);
}
