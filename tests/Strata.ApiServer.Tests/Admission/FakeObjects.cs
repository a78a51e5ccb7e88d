using Strata.Api;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Admission;

/// <summary>Objects in memory for admission to look up.</summary>
internal sealed class FakeObjects(params IKubeObject[] objects) : IObjectReader
{
    private readonly List<IKubeObject> _objects = [.. objects];

    /// <summary>Runs at each look-up, before the answer.</summary>
    public Action<FakeObjects> OnFind { get; init; } = static _ => { };

    public void Add(IKubeObject item) => _objects.Add(item);

    public ValueTask<T?> FindAsync<T>(string namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        OnFind(this);
        return ValueTask.FromResult(_objects.OfType<T>().FirstOrDefault(item => item.Key() == new ObjectKey(namespaceName, name)));
    }

    public IReadOnlyList<T> List<T>(string namespaceName)
        where T : class, IKubeObject<T> => [.. _objects.OfType<T>().Where(item => namespaceName.Length == 0 || item.Metadata.Namespace == namespaceName)];
}
