namespace Strata.ApiServer.Http;

/// <summary>What to show of objects.</summary>
internal enum RenderingShape
{
    /// <summary>Everything.</summary>
    Full,

    /// <summary>meta.k8s.io/v1 Table: what <c>kubectl get</c> prints.</summary>
    Table,

    /// <summary>meta.k8s.io/v1 PartialObjectMetadata.</summary>
    Metadata,
}
