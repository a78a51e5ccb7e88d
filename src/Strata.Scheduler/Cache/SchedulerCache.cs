using Strata.Api.Models;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Cache;

/// <summary>What the scheduler believes the cluster looks like: nodes with their pods, the assumed ones included. Not thread-safe: its owner holds one lock around it.</summary>
/// <remarks>A pod is assumed on its node the moment it is placed, before the API server knows: the next cycle must count it.</remarks>
internal sealed class SchedulerCache
{
    private readonly Dictionary<string, NodeInfo> _byName = [];
    private readonly Dictionary<string, string> _nodeOfPod = []; // Pod uid → node name.
    private readonly HashSet<string> _assumed = [];
    private readonly List<NodeInfo> _nodes = []; // Nodes that exist, in one array for the filter loop.

    public IReadOnlyList<NodeInfo> Nodes => _nodes;

    public bool IsAssumed(string uid) => _assumed.Contains(uid);

    public void SetNode(Node node)
    {
        if (_byName.TryGetValue(node.Metadata.Name, out var known))
        {
            var isNew = !known.IsKnown;
            known.Set(node);
            if (isNew)
            {
                _nodes.Add(known);
            }

            return;
        }

        var info = new NodeInfo(node);
        _byName.Add(node.Metadata.Name, info);
        _nodes.Add(info);
    }

    public void RemoveNode(string name)
    {
        if (_byName.TryGetValue(name, out var known))
        {
            known.Forget();
            _nodes.Remove(known);
            if (known.PodCount == 0)
            {
                _byName.Remove(name);
            }
        }
    }

    /// <summary>Counts a pod that was placed but is not bound yet.</summary>
    public void Assume(PodInfo pod, NodeInfo node)
    {
        _assumed.Add(pod.Uid);
        _nodeOfPod[pod.Uid] = node.Name;
        node.Add(pod);
    }

    /// <summary>Counts a bound pod, which may be one assumed before.</summary>
    public void SetPod(PodInfo pod, string nodeName)
    {
        RemovePod(pod.Uid);
        if (!_byName.TryGetValue(nodeName, out var node))
        {
            // The pod arrived before its node; the node waits unknown until it does.
            node = new NodeInfo(new Node { Metadata = new ObjectMeta { Name = nodeName } });
            node.Forget();
            _byName.Add(nodeName, node);
        }

        _nodeOfPod[pod.Uid] = nodeName;
        node.Add(pod);
    }

    /// <summary>Takes an assumption back; false when there is none any more, because the pod was bound (by whomever) or deleted meanwhile.</summary>
    public bool Forget(string uid) => _assumed.Contains(uid) && RemovePod(uid);

    /// <summary>Stops counting a pod: deleted or ended. False when it was not counted.</summary>
    public bool RemovePod(string uid)
    {
        _assumed.Remove(uid);
        if (!_nodeOfPod.Remove(uid, out var name) || !_byName.TryGetValue(name, out var node))
        {
            return false;
        }

        node.Remove(uid);
        if (!node.IsKnown && node.PodCount == 0)
        {
            _byName.Remove(name);
        }

        return true;
    }
}
