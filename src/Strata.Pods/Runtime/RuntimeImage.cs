namespace Strata.Pods.Runtime;

/// <summary>An image that is present.</summary>
/// <param name="Id">Image id (digest of its configuration).</param>
/// <param name="Names">Repository digests and tags.</param>
/// <param name="User">Numeric user it runs as; null when it names one or none.</param>
/// <param name="UserName">User by name; empty when numeric or none.</param>
public sealed record RuntimeImage(string Id, IReadOnlyList<string> Names, long SizeBytes, long? User, string UserName)
{
    /// <summary>The form that status.imageID shows: the first repository digest, else the id.</summary>
    public string StatusId => Names.FirstOrDefault(name => name.Contains('@', StringComparison.Ordinal)) ?? Id;
}
