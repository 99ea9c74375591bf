package dev.herald.simulator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class UpdateHeapTest {

  @Property(tries = 300)
  void updatesComeByTimeAndAmongEqualsInTheOrderTheyCame(
      @ForAll @Size(max = 700) List<@IntRange(min = 0, max = 40) Integer> dues) {
    UpdateHeap heap = new UpdateHeap();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < dues.size(); i++) {
      heap.push(dues.get(i), new UpdateRef(i, i % 9, i, i));
      order.add(i);
    }
    order.sort(Comparator.comparing(dues::get));

    List<Integer> popped = new ArrayList<>();
    while (heap.size() > 0) {
      assertThat(heap.nextDue()).isEqualTo(dues.get(order.get(popped.size())).longValue());
      UpdateRef update = heap.pop();
      assertThat(update)
          .isEqualTo(
              new UpdateRef(update.id(), (int) (update.id() % 9), (int) update.id(), update.id()));
      popped.add((int) update.id());
    }
    assertThat(popped).isEqualTo(order);
  }

  @Property(tries = 100)
  void pullingForwardKeepsTheOrder(
      @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 1000) Integer> dues) {
    UpdateHeap heap = new UpdateHeap();
    UpdateHeap same = new UpdateHeap();
    for (int i = 0; i < dues.size(); i++) {
      heap.push(dues.get(i), new UpdateRef(i, 0, 0, 0));
      same.push(dues.get(i), new UpdateRef(i, 0, 0, 0));
    }
    heap.pullForward(0);
    while (heap.size() > 0) {
      assertThat(heap.nextDue()).isZero();
      assertThat(heap.pop()).isEqualTo(same.pop());
    }
  }
}
