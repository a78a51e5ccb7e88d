namespace Strata.Api.Schema;

/// <summary>How server-side apply treats a map or an object (<c>x-kubernetes-map-type</c>).</summary>
public enum SchemaMapType : byte
{
    None,

    /// <summary>Each key is owned on its own; what an absent map type means too.</summary>
    Granular,

    /// <summary>Replaced as a whole.</summary>
    Atomic,
}
