using Strata.Api.Models;
using Strata.Controllers.GarbageCollection;

namespace Strata.Controllers.Tests.GarbageCollection;

public sealed class OwnerGraphTests
{
    private readonly OwnerGraph _graph = new();

    [Fact]
    public void Dependents_are_found_by_owner_even_when_they_came_first()
    {
        _graph.Put(Pod.Info, Item("pod", Owner("set")));
        _graph.Put(ReplicaSet.Info, Item("set"));

        Assert.Equal(["pod"], Dependents("set"));
        Assert.Equal("set", _graph.Get("set")?.Metadata.Uid);
    }

    [Fact]
    public void A_changed_reference_moves_the_dependent()
    {
        _graph.Put(Pod.Info, Item("pod", Owner("a")));
        _graph.Put(Pod.Info, Item("pod", Owner("b")));

        Assert.Empty(Dependents("a"));
        Assert.Equal(["pod"], Dependents("b"));
    }

    [Fact]
    public void A_removed_dependent_is_no_dependent()
    {
        _graph.Put(Pod.Info, Item("pod", Owner("a")));
        _graph.Remove("pod");

        Assert.Empty(Dependents("a"));
        Assert.Null(_graph.Get("pod"));
    }

    [Fact]
    public void Owners_that_are_no_longer_held_up_are_told()
    {
        Assert.Empty(_graph.Put(Pod.Info, Item("pod", Owner("a"), Owner("b"))));
        Assert.Equal(["a"], _graph.Put(Pod.Info, Item("pod", Owner("b"))));
        Assert.Equal(["b"], _graph.Put(Pod.Info, Item("pod", Owner("b", blocks: false))));
        Assert.Empty(_graph.Put(Pod.Info, Item("pod")));
    }

    private IEnumerable<string> Dependents(string uid) => _graph.DependentsOf(uid).Select(item => item.Metadata.Uid);

    private static ObjectMeta Item(string uid, params OwnerReference[] owners) => new() { Uid = uid, Name = uid, Namespace = "default", OwnerReferences = owners };

    private static OwnerReference Owner(string uid, bool blocks = true) => new() { Uid = uid, Name = uid, BlockOwnerDeletion = blocks };
}
