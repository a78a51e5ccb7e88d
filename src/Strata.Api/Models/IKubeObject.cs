namespace Strata.Api.Models;

/// <summary>An API object: something with a kind and metadata.</summary>
public interface IKubeObject
{
    string ApiVersion { get; }

    string Kind { get; }

    ObjectMeta Metadata { get; }
}

/// <summary>An API object whose kind is known from its type. All objects are immutable; change one with a <c>with</c> expression.</summary>
public interface IKubeObject<TSelf> : IKubeObject, IJsonModel<TSelf>
    where TSelf : class, IKubeObject<TSelf>
{
    /// <summary>Group, version, kind, plural name and scope.</summary>
    static abstract KindInfo Info { get; }

    /// <summary>The same object with other metadata.</summary>
    TSelf WithMetadata(ObjectMeta metadata);
}
