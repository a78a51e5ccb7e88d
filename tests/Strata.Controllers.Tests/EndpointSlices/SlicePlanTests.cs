using CsCheck;
using Strata.Api.Models;
using Strata.Controllers.EndpointSlices;

namespace Strata.Controllers.Tests.EndpointSlices;

public sealed class SlicePlanTests
{
    private static readonly DiscoveryEndpointPort Http = new() { Name = "http", Protocol = "TCP", Port = 8080 };

    private static readonly Service Web = new() { Metadata = new ObjectMeta { Name = "web", Namespace = "default", Uid = "uid-web", Labels = new Dictionary<string, string> { ["team"] = "shop" } } };

    [Fact]
    public void A_service_without_endpoints_has_one_empty_slice_and_keeps_it()
    {
        var slice = Assert.Single(SlicePlan.Compute(Web, Groups(0), []).Create);
        Assert.Empty(slice.Endpoints);

        var again = SlicePlan.Compute(Web, Groups(0), [Stored(slice, 0)]);
        Assert.Equal((0, 0, 0), (again.Create.Count, again.Update.Count, again.Delete.Count));
    }

    [Fact]
    public void Slices_name_their_service_manager_and_owner()
    {
        var slice = Assert.Single(SlicePlan.Compute(Web with { Spec = new ServiceSpec { ClusterIP = "None" } }, Groups(1), []).Create);

        Assert.Equal("web-", slice.Metadata.GenerateName);
        Assert.Equal("web", slice.Metadata.Labels["kubernetes.io/service-name"]);
        Assert.Equal("endpointslice-controller.k8s.io", slice.Metadata.Labels["endpointslice.kubernetes.io/managed-by"]);
        Assert.Equal("shop", slice.Metadata.Labels["team"]);
        Assert.Equal("", slice.Metadata.Labels["service.kubernetes.io/headless"]);
        Assert.Equal("uid-web", Assert.Single(slice.Metadata.OwnerReferences).Uid);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 1)]
    [InlineData(101, 2)]
    [InlineData(250, 3)]
    public void A_slice_holds_at_most_a_hundred_endpoints(int endpoints, int slices)
    {
        Assert.Equal(slices, SlicePlan.Compute(Web, Groups(endpoints), []).Create.Count);
    }

    [Fact]
    public void One_changed_pod_rewrites_one_slice()
    {
        var slices = Store(SlicePlan.Compute(Web, Groups(250), []), []);
        var groups = Groups(250);
        var endpoints = groups[0].Endpoints.ToArray();
        endpoints[120] = endpoints[120] with { Conditions = new EndpointConditions { Ready = false } };

        var plan = SlicePlan.Compute(Web, [groups[0] with { Endpoints = endpoints }], slices);

        Assert.Equal((0, 1, 0), (plan.Create.Count, plan.Update.Count, plan.Delete.Count));
    }

    [Fact]
    public void One_new_pod_fills_a_gap_and_one_gone_leaves_one()
    {
        var slices = Store(SlicePlan.Compute(Web, Groups(150), []), []);

        var grown = SlicePlan.Compute(Web, Groups(151), slices);
        Assert.Equal((0, 1, 0), (grown.Create.Count, grown.Update.Count, grown.Delete.Count));
        var shrunk = SlicePlan.Compute(Web, Groups(149), slices);
        Assert.Equal((0, 1, 0), (shrunk.Create.Count, shrunk.Update.Count, shrunk.Delete.Count));
    }

    [Fact]
    public void Pods_that_share_an_address_are_endpoints_each()
    {
        Endpoint[] shared = [Endpoint("a", "192.168.0.1"), Endpoint("b", "192.168.0.1")];
        var groups = new[] { new EndpointGroup([Http], shared) };
        var slices = Store(SlicePlan.Compute(Web, groups, []), []);

        Assert.Equal(2, Assert.Single(slices).Endpoints.Count);
        Assert.Empty(SlicePlan.Compute(Web, groups, slices).Update);
    }

    [Fact]
    public void Other_ports_need_other_slices()
    {
        var slices = Store(SlicePlan.Compute(Web, Groups(3), []), []);
        var plan = SlicePlan.Compute(Web, [new EndpointGroup([Http with { Port = 9090 }], Groups(3)[0].Endpoints)], slices);

        Assert.Equal((1, 0, 1), (plan.Create.Count, plan.Update.Count, plan.Delete.Count));
    }

    [Fact]
    public void Groups_with_different_ports_live_side_by_side()
    {
        EndpointGroup[] groups = [new([Http], [Endpoint("a", "10.0.0.1")]), new([Http with { Port = 9090 }], [Endpoint("b", "10.0.0.2")])];
        var slices = Store(SlicePlan.Compute(Web, groups, []), []);

        Assert.Equal(2, slices.Count);
        var again = SlicePlan.Compute(Web, groups, slices);
        Assert.Equal((0, 0, 0), (again.Create.Count, again.Update.Count, again.Delete.Count));
    }

    [Fact]
    public void Whatever_was_there_before_the_slices_end_up_with_exactly_the_endpoints()
    {
        Gen.Int[0, 320].Array[1, 6].Sample(sizes =>
        {
            List<EndpointSlice> slices = [];
            foreach (var size in sizes)
            {
                slices = Store(SlicePlan.Compute(Web, Groups(size, offset: size % 7), slices), slices);
                Assert.Equal(
                    Groups(size, offset: size % 7)[0].Endpoints.Select(endpoint => endpoint.TargetRef!.Name).Order(),
                    slices.SelectMany(slice => slice.Endpoints).Select(endpoint => endpoint.TargetRef!.Name).Order());
                Assert.All(slices, slice => Assert.InRange(slice.Endpoints.Count, size == 0 ? 0 : 1, 100));
                Assert.NotEmpty(slices);
            }
        });
    }

    private static List<EndpointSlice> Store(SlicePlan plan, IReadOnlyList<EndpointSlice> before)
    {
        var kept = before.Where(slice => plan.Delete.All(gone => gone.Metadata.Name != slice.Metadata.Name))
            .Select(slice => plan.Update.FirstOrDefault(changed => changed.Metadata.Name == slice.Metadata.Name) ?? slice);
        return [.. kept, .. plan.Create.Select((slice, index) => Stored(slice, before.Count * 1000 + before.Sum(old => old.Endpoints.Count) + index))];
    }

    private static EndpointSlice Stored(EndpointSlice slice, int number) => slice with { Metadata = slice.Metadata with { Name = $"web-{Guid.CreateVersion7():n}-{number}" } };

    private static EndpointGroup[] Groups(int count, int offset = 0) => [new([Http], [.. Enumerable.Range(offset, count).Select(index => Endpoint($"p{index}", $"10.0.{index / 250}.{index % 250}"))])];

    private static Endpoint Endpoint(string pod, string address) => new() { Addresses = [address], Conditions = new EndpointConditions { Ready = true }, TargetRef = new ObjectReference { Kind = "Pod", Name = pod } };
}
